/** The ways to train a network on a small set, by name. Each is a few lines over the same two trainings. */
import type { Examples } from "../data";
import type { tf } from "../engine";
import { batchSizeFor, freeze, headOf, initialize, weightedLayers } from "../model";
import type { AugmentationName, Augmentation } from "./augment";
import { hasPlainHead, trainHead } from "./head";
import { joinHistories } from "./history";
import { train, type TrainOptions, type TrainResult } from "./loop";
import { takeSnapshot, writeReceipt } from "./receipt";

/** - `scratch`: new random parameters everywhere, then train all: what one does without a source.
 *  - `option-1`: train the output layer only.
 *  - `option-2`: train all parameters.
 *  - `head-then-all`: Option 1, then Option 2 at a lower rate (Kumar et al., 2022, LP-FT).
 *  - `gradual`: unfreeze from the top, one block at a time (Howard and Ruder, 2018).
 *  - `discriminative`: train all, lower layers at lower rates (Howard and Ruder, 2018).
 *  - `random-frozen`: Option 1 on random parameters: the control that shows what the source gave. */
export const STRATEGIES = [
  "scratch",
  "option-1",
  "option-2",
  "head-then-all",
  "gradual",
  "discriminative",
  "random-frozen",
] as const;

export type Strategy = (typeof STRATEGIES)[number];

/** What a strategy may be told; where something is left out, it has a default for the number of examples. */
export type StrategyOptions = Partial<Omit<TrainOptions, "seed" | "augment">> & {
  seed: number;
  augment: AugmentationName | Augmentation;
};

type Run = (model: tf.LayersModel, examples: Examples, options: StrategyOptions) => Promise<TrainResult>;

/** @throws RangeError for a name that is none of {@link STRATEGIES}. */
export function strategyOf(name: string): Run {
  const run = (RUNS as Record<string, Run | undefined>)[name];
  if (!run)
    throw new RangeError(
      `Cannot train by ${JSON.stringify(name)}: the strategies are ${STRATEGIES.join(", ")}.`,
    );
  return run;
}

/** Steps that are enough for a small set: measured at these numbers of examples, interpolated between them. */
const ENOUGH_STEPS = [
  [50, 100],
  [100, 120],
  [200, 150],
  [500, 200],
  [1000, 250],
  [5000, 500],
] as const;

/** How many batches of 32 Option 2 trains on by default. */
export function defaultSteps(examples: number): number {
  const [smallest] = ENOUGH_STEPS;
  if (examples <= smallest[0]) return smallest[1];
  for (let i = 1; i < ENOUGH_STEPS.length; i++) {
    const [n0, s0] = ENOUGH_STEPS[i - 1];
    const [n1, s1] = ENOUGH_STEPS[i];
    if (examples <= n1) return Math.round(s0 + ((s1 - s0) * Math.log(examples / n0)) / Math.log(n1 / n0));
  }
  return Math.ceil((500 * examples) / 5000);
}

/** All that isn't frozen, with the defaults of Option 2. */
export const trainAll: Run = (model, examples, options) =>
  train(model, examples, {
    ...(options.epochs === undefined && { steps: defaultSteps(examples.count) }),
    batchSize: Math.min(32, batchSizeFor(examples.input)),
    optimizer: "adamw",
    learningRate: 3e-3,
    schedule: { kind: "one-cycle", warmUp: 0.1 },
    weightDecay: 0.01,
    task: "Fine-tuning",
    ...(defined(options) as StrategyOptions),
  });

/** Without the fields that are undefined, which would hide a default. */
function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

const optionOne: Run = (model, examples, options) => {
  freeze(model, "all-but-head");
  if (!hasPlainHead(model)) return trainAll(model, examples, options);
  const { seed, augment, classWeights, onStep, signal, learningRate, weightDecay, steps, task } = options;
  const asked = typeof options.cachePrefix === "object" ? options.cachePrefix.copies : undefined;
  const copies = asked ?? copiesOf(examples);
  const told = { classWeights, onStep, signal, learningRate, weightDecay, steps, task };
  return trainHead(model, examples, { seed, augment, copies, ...defined(told) });
};

/** How many augmented copies of each example the head is trained on: more of few examples, and fewer where images
 * are large, for each of them has to go through the whole network. */
function copiesOf({ count, input }: Examples): number {
  const wanted = Math.max(4, Math.min(10, Math.ceil(2000 / count)));
  const affordable = Math.floor(MOST_PIXELS / (count * input.height * input.width));
  return Math.min(wanted, Math.max(2, affordable));
}

const MOST_PIXELS = 60e6;

const optionTwo: Run = (model, examples, options) => {
  freeze(model, "nothing");
  return trainAll(model, examples, options);
};

const RUNS: Record<Strategy, Run> = {
  "option-1": optionOne,
  "option-2": optionTwo,

  scratch(model, examples, options) {
    initialize(model, { seed: options.seed });
    return optionTwo(model, examples, options);
  },

  "random-frozen"(model, examples, options) {
    initialize(model, { seed: options.seed });
    return optionOne(model, examples, options);
  },

  "head-then-all"(model, examples, options) {
    return inPhases(model, [
      () => optionOne(model, examples, { ...options, learningRate: undefined, steps: undefined }),
      () => optionTwo(model, examples, { ...options, learningRate: options.learningRate ?? 1e-3 }),
    ]);
  },

  gradual(model, examples, options) {
    const blocks = blocksOf(model);
    const phases = blocks.length - 1; // after the head's own, one for each block below it
    const steps = Math.ceil((options.steps ?? defaultSteps(examples.count)) / phases);
    const unfreezeAndTrain = (phase: number) => () => {
      freeze(model, blocks.slice(0, phases - phase).flat());
      return trainAll(model, examples, { ...options, epochs: undefined, steps, seed: options.seed + phase });
    };
    return inPhases(model, [
      () => optionOne(model, examples, { ...options, learningRate: undefined, steps: undefined }),
      ...Array.from({ length: phases }, (_, i) => unfreezeAndTrain(i + 1)),
    ]);
  },

  discriminative(model, examples, options) {
    freeze(model, "nothing");
    const blocks = blocksOf(model);
    const layerRates = Object.fromEntries(
      blocks.flatMap((names, depth) =>
        names.map((name) => [name, RATE_RATIO ** (depth - blocks.length + 1)]),
      ),
    );
    return trainAll(model, examples, { ...options, layerRates });
  },
};

/** Each block learns this much faster than the one below it: mild, for there are only a few blocks. */
const RATE_RATIO = 1.5;

/** The layers with parameters, grouped from the input up: each convolution or dense layer starts a block, and
 * its batch norm belongs to it. */
function blocksOf(model: tf.LayersModel): string[][] {
  const blocks: string[][] = [];
  for (const { name, layer } of weightedLayers(model)) {
    if (layer.getClassName() === "BatchNormalization" && blocks.length > 0) blocks.at(-1)!.push(name);
    else blocks.push([name]);
  }
  if (blocks.length < 2)
    throw new Error(`Cannot train "${model.name}" in phases: nothing stands before "${headOf(model).name}".`);
  return blocks;
}

/** Runs trainings one after another; one history and one receipt for all. Stops after a phase that stopped. */
async function inPhases(model: tf.LayersModel, phases: (() => Promise<TrainResult>)[]): Promise<TrainResult> {
  const before = takeSnapshot(model);
  const results: TrainResult[] = [];
  for (const phase of phases) {
    results.push(await phase());
    if (results.at(-1)!.history.stopped) break;
  }
  const moved = results.flatMap(({ receipt }) => receipt.layers.filter((layer) => !layer.frozen));
  return {
    history: joinHistories(results.map(({ history }) => history)),
    receipt: writeReceipt(model, before, new Set(moved.map(({ name }) => name))),
  };
}
