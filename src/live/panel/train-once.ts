/** The work behind the button: one training and its tests. It knows neither page nor panel. */
import {
  evaluate,
  freeze,
  train,
  type Evaluation,
  type Examples,
  type History,
  type StepRecord,
  type tf,
} from "../../helpers";
import type { FreezeChange, PanelSettings, TestPoint } from "./state";

/** Examples a step. */
export const BATCH_SIZE = 32;

export interface Watcher {
  /** Called after each step; what it returns is frozen from the next step on. */
  onStep(steps: readonly StepRecord[]): PanelSettings["freeze"] | undefined;
  /** Called when something else has been frozen. */
  onFreeze(): void;
  onTest(point: TestPoint): void;
  /** Called when the last test begins. */
  onEnd(): void;
}

export interface Trained {
  history: History;
  evaluation: Evaluation;
  /** Parameters that some step could move. */
  trainable: number;
  /** What was frozen on the way. */
  changes: FreezeChange[];
  seconds: number;
  /** The median step since the freezing last changed, in milliseconds. */
  stepMs: number;
}

/** Trains a model as it is frozen now, and tests it at each quarter.
 * @param model Changed in place.
 * @param options.then What to freeze on the way.
 * @throws As `train` does. */
export async function trainOnce(
  model: tf.LayersModel,
  { examples, test }: { examples: Examples; test: Examples },
  {
    learningRate,
    steps,
    then = [],
    seed,
    signal,
  }: Omit<PanelSettings, "examples" | "freeze"> & { seed: number; signal: AbortSignal },
  watcher: Watcher,
): Promise<Trained> {
  const records: StepRecord[] = [];
  const changes: FreezeChange[] = [];
  const quarter = Math.ceil(steps / 4);
  let clock = performance.now();
  let times: number[] = [];
  let seconds = 0;

  const onStep = async (record: StepRecord): Promise<void> => {
    const ms = performance.now() - clock;
    times.push(ms);
    seconds += ms / 1000;
    records.push(record);
    const { step } = record;
    const told = then.findLast(({ afterStep }) => afterStep === step)?.freeze;
    const change = watcher.onStep(records) ?? told;
    // Only here, between two steps: a batch on its way has been computed with what was frozen when it began.
    if (change !== undefined) {
      freeze(model, change);
      watcher.onFreeze();
      if (step < steps) changes.push({ afterStep: step, freeze: change });
      times = [];
    }
    if (step % quarter === 0 && step < steps && !signal.aborted)
      watcher.onTest({ step, accuracy: (await evaluate(model, test)).accuracy });
    clock = performance.now();
  };

  const { history, receipt } = await train(model, examples, {
    seed,
    steps,
    learningRate,
    batchSize: BATCH_SIZE,
    optimizer: "adamw",
    weightDecay: 0.01,
    onStep,
    signal,
    task: "",
  });
  watcher.onEnd();
  const evaluation = await evaluate(model, test);
  watcher.onTest({ step: records.length, accuracy: evaluation.accuracy });
  return { history, evaluation, trainable: receipt.trainable, changes, seconds, stepMs: median(times) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
