import { interruptSignal } from "../../live/kernel";
import type { Dataset, Examples } from "../data";
import type { tf } from "../engine";
import { checkFits, readCard, replaceHead } from "../model";
import type { Augmentation, AugmentationName, Strategy } from "../train";
import { chooseOption, explainChoice, nameOf, type Lead, type OptionEvidence } from "./choose";
import { comparison, evidenceOf, type Round } from "./evidence";
import { checkStrategies, seedsOf } from "./experiment";
import { dealFolds, foldOf } from "./folds";

export interface RecommendOptions {
  /** What is compared, the cheapest first; `["option-1", "option-2"]` if not given. */
  strategies?: readonly Strategy[];
  /** 5 if not given. */
  folds?: number;
  /** How often the cross-validation is repeated with other folds, or their seeds; if not given, twice up to 500
   * examples and once above. */
  seeds?: number | readonly number[];
  augment?: AugmentationName | Augmentation;
  /** The longest it may take; then it answers with what there is. */
  maxSeconds?: number;
  /** Stops it; then it answers with what there is. */
  signal?: AbortSignal;
}

/** Which option to train by, and why. Plain values. */
export interface Recommendation {
  choice: Strategy;
  /** The choice and its reason in a sentence or two. */
  why: string;
  /** What each reached on examples that it had not seen; empty where there were fewer than two folds. */
  options: OptionEvidence[];
  leads: Lead[];
  /** How many examples there were, and how many of them a fold was trained on. */
  examples: number;
  trained: number;
  /** How many rounds were complete, of how many. */
  rounds: number;
  planned: number;
  source: string;
  /** Whether a signal or `maxSeconds` ended it before all rounds were complete. */
  stopped: boolean;
}

const REPEATED_UP_TO = 500; // examples

/** Recommends an option for some data: cross-validates Option 1 and Option 2, with the same folds for both.
 *
 * Option 2 is chosen only where its lead is above zero with its whole 95 % interval. Otherwise Option 1 is: it is
 * cheaper, and there is less that can go wrong.
 * @param source A network that has not seen these examples; borrowed, and left as it is.
 * @param set A data set, whose test part is not looked at, or examples.
 * @returns Plain values; all models it makes are disposed.
 * @throws RangeError for impossible options, or a class with a single example; Error where the examples don't fit
 *   the source.
 * @example
 * const { choice, why } = await recommend(source, photos);
 * @see Nadeau and Bengio (2003), Inference for the generalization error, for the intervals. */
export async function recommend(
  source: tf.LayersModel,
  set: Dataset | Examples,
  { maxSeconds, signal = interruptSignal(), ...options }: RecommendOptions = {},
): Promise<Recommendation> {
  const examples = isDataset(set) ? set.train : set;
  const { strategies = ["option-1", "option-2"], folds = 5, augment } = options;
  checkRequest(source, examples, strategies, maxSeconds);
  const seeds = seedsOf(options.seeds ?? (examples.count > REPEATED_UP_TO ? 1 : 2));
  const plan = seeds.flatMap((seed) =>
    dealFolds(examples, { folds, seed }).map((indices) => ({ seed, indices })),
  );
  const ends = [signal, maxSeconds === undefined ? undefined : AbortSignal.timeout(1000 * maxSeconds)];
  const compare = comparison(source, strategies, {
    augment,
    signal: AbortSignal.any(ends.filter((end) => end !== undefined)),
    planned: plan.length,
  });
  const rounds: Round[] = [];
  for (const { seed, indices } of plan) {
    const round = await compare(foldOf(examples, indices), seed);
    if (!round) break;
    rounds.push(round);
  }
  const heldOut = examples.count / folds;
  const trained = examples.count - heldOut;
  return {
    ...conclude(rounds, strategies, { heldOut, trained }),
    examples: examples.count,
    trained: Math.round(trained),
    rounds: rounds.length,
    planned: plan.length,
    source: readCard(source)?.name ?? source.name,
    stopped: rounds.length < plan.length,
  };
}

function conclude(
  rounds: readonly Round[],
  strategies: readonly Strategy[],
  sizes: { heldOut: number; trained: number },
): Pick<Recommendation, "choice" | "why" | "options" | "leads"> {
  const [choice] = strategies;
  if (rounds.length < 2) {
    const why = `${nameOf(choice)}: there was no time to compare, and this is the safe one.`;
    return { choice, why, options: [], leads: [] };
  }
  const options = evidenceOf(rounds, strategies, sizes);
  const found = chooseOption(options, sizes);
  return { ...found, why: explainChoice(found, options), options };
}

function checkRequest(
  source: tf.LayersModel,
  examples: Examples,
  strategies: readonly Strategy[],
  maxSeconds?: number,
): void {
  checkStrategies(strategies);
  if (strategies.length < 2 || new Set(strategies).size < strategies.length)
    throw new RangeError(
      `Cannot recommend an option: it takes two or more different ones. Received: ${strategies.join(", ") || "none"}.`,
    );
  if (maxSeconds !== undefined && !(maxSeconds > 0))
    throw new RangeError(
      `Cannot recommend an option: maxSeconds is more than zero. Received: ${maxSeconds}.`,
    );
  if (!Array.isArray(examples?.classes)) checkFits(source, examples, "recommend an option"); // says what it needs
  const copy = replaceHead(source, { classes: examples.classes, seed: 1 });
  try {
    checkFits(copy, examples, "recommend an option");
  } finally {
    copy.dispose();
  }
}

function isDataset(set: Dataset | Examples): set is Dataset {
  return typeof set === "object" && set !== null && "train" in set;
}
