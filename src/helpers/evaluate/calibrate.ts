import { interruptSignal } from "../../live/kernel";
import type { Examples } from "../data";
import type { tf } from "../engine";
import { cardOf, checkFits, predictLogits, setCard } from "../model";
import { confidences } from "../model";
import { reportProgress } from "../report";
import type { Augmentation, AugmentationName, Strategy } from "../train";
import { errorOfLogits } from "./calibration-error";
import { runFold } from "./cross-validate";
import { dealFolds, foldOf } from "./folds";
import { fitTemperature } from "./temperature";

/** How the model itself was trained, where it was trained on the very examples that calibrate it. */
export interface CalibrateOptions {
  /** The network that the model was made from; borrowed, and left as it is. */
  source: tf.LayersModel;
  strategy: Strategy;
  seed: number;
  augment?: AugmentationName | Augmentation;
  /** 5 if not given. */
  folds?: number;
  signal?: AbortSignal;
}

/** What calibrating did. Plain values. */
export interface Calibrated {
  /** Now in the model's card; above 1 where the model was too sure. */
  temperature: number;
  /** How many examples it was fitted to. */
  count: number;
  /** On these examples: mean cross-entropy in nats, and expected calibration error, 0…1. */
  before: { loss: number; error: number };
  after: { loss: number; error: number };
}

/** Makes a model's confidence true, by temperature scaling: fits the one number that its logits are divided by,
 * and writes it into the model's card, where `saveModel` keeps it and `predict` finds it. Which class it names
 * does not change.
 *
 * The examples must be some that the model was not trained on. Where there are none to spare, say with
 * `options` how it was trained on them: then copies of the source are trained on four fifths at a time, and
 * the temperature is fitted to what they make of the rest.
 * @param model Only its card is changed.
 * @throws Error where the examples don't fit the model, or it has no card; the signal's reason where it was
 *   stopped, with the card as it was.
 * @example
 * await calibrate(target, heldOut);
 * await calibrate(target, few, { source, strategy: "option-1", seed: 3 });
 * @see Guo et al. (2017), On Calibration of Modern Neural Networks. */
export async function calibrate(
  model: tf.LayersModel,
  examples: Examples,
  options?: CalibrateOptions,
): Promise<Calibrated> {
  checkFits(model, examples, "calibrate");
  cardOf(model);
  const { logits, labels } = options
    ? await outOfFold(examples, options)
    : { logits: await predictLogits(model, examples), labels: examples.labels };
  const temperature = fitTemperature(logits, labels);
  setCard(model, { temperature });
  const at = (temperature: number): Calibrated["before"] => ({
    loss: lossAt(logits, labels, temperature),
    error: errorOfLogits(logits, labels, { temperature }).error,
  });
  return { temperature, count: labels.length, before: at(1), after: at(temperature) };
}

/** What copies of the source make of the examples that they were not trained on.
 * @returns All examples, in their order. */
async function outOfFold(
  examples: Examples,
  { source, folds = 5, signal = interruptSignal(), ...options }: CalibrateOptions,
): Promise<{ logits: Float32Array; labels: Int32Array }> {
  const classes = examples.classes.length;
  const logits = new Float32Array(examples.count * classes);
  const dealt = dealFolds(examples, { folds, seed: options.seed });
  for (const [done, indices] of dealt.entries()) {
    signal.throwIfAborted();
    const result = await runFold(source, foldOf(examples, indices), { ...options, signal });
    if (!result) throw signal.reason;
    indices.forEach((index, i) =>
      logits.set(result.logits.subarray(i * classes, (i + 1) * classes), index * classes),
    );
    reportProgress({ task: "Calibrating", done: done + 1, total: folds, unit: "folds" });
  }
  return { logits, labels: examples.labels };
}

function lossAt(logits: ArrayLike<number>, labels: ArrayLike<number>, temperature: number): number {
  const classes = logits.length / labels.length;
  const shares = confidences(logits, classes, temperature);
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum -= Math.log(Math.max(shares[i * classes + labels[i]], 1e-300));
  return sum / labels.length;
}
