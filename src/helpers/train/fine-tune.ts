import type { Examples } from "../data";
import type { tf } from "../engine";
import { checkFits, headOf, trainableWeights } from "../model";
import type { Augmentation, AugmentationName } from "./augment";
import type { TrainOptions, TrainResult } from "./loop";
import { checkCachePrefix } from "./prefix-cache";
import { noteTraining } from "./pretrain";
import { strategyOf, trainAll, type Strategy } from "./strategies";

export type FineTuneOptions = Partial<Omit<TrainOptions, "seed">> & {
  seed: number;
  /** How to train; without it, what is frozen decides. */
  strategy?: Strategy;
  augment?: AugmentationName | Augmentation;
  /** What the examples are called in the model's card. */
  name?: string;
};

/** Trains a copied network further on a small set of your own.
 *
 * Without a `strategy` it trains what isn't frozen: only the output layer after
 * `freeze(model, "all-but-head")` (Option 1), all parameters after `freeze(model, "nothing")` (Option 2).
 * Named strategies set the freezing themselves. Defaults follow the number of examples; images are shifted,
 * turned, scaled and bent a little unless `augment: "none"`. What the frozen layers make of an example is computed
 * once where that changes no result, see `cachePrefix`; Option 1 always does so, with several changed copies of each
 * example where it is augmented.
 *
 * @param model Changed in place.
 * @param examples The labelled examples, borrowed.
 * @returns The history, and the receipt: what each layer has moved. Plain values.
 * @throws As `train` does; and where a frozen layer moved.
 * @example
 * freeze(target, "all-but-head");
 * await showHistory(await fineTune(target, few, { seed: 3 })); */
export async function fineTune(
  model: tf.LayersModel,
  examples: Examples,
  { strategy, name = "examples", augment = "light", ...options }: FineTuneOptions,
): Promise<TrainResult> {
  checkFits(model, examples, "fine-tune");
  checkCachePrefix(options.cachePrefix);
  const run = strategy ? strategyOf(strategy) : onlyHeadTrains(model) ? strategyOf("option-1") : trainAll;
  const result = await run(model, examples, { ...options, augment });
  noteTraining(model, name, examples.count, strategy ?? "fine-tuning", options.seed);
  return result;
}

function onlyHeadTrains(model: tf.LayersModel): boolean {
  const layers = trainableWeights(model);
  return layers.length === 1 && layers[0].name === headOf(model).name;
}
