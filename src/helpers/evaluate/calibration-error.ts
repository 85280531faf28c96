import type { Examples } from "../data";
import type { tf } from "../engine";
import { checkFits, predictLogits, readCard } from "../model";
import { confidences } from "../model";

/** How far confidence and accuracy are apart. Plain values. */
export interface CalibrationError {
  /** The expected calibration error, 0…1: the mean distance over the bins, by their counts. */
  error: number;
  /** From low confidence to high. In an empty one, both figures are `NaN`. */
  bins: { from: number; to: number; confidence: number; accuracy: number; count: number }[];
  count: number;
}

/** Measures how true a model's confidence is: of all that it is 80 % sure of, 80 % should be right.
 * @param model Borrowed; the temperature in its card is applied.
 * @param examples Some that it was not trained on.
 * @param options.bins How many steps of confidence, of the same width; 15.
 * @throws RangeError where `bins` is no whole number from 1; Error where the examples don't fit the model.
 * @example
 * const { error } = await calibrationError(target, digits.test);
 * @see Naeini et al. (2015), Obtaining Well Calibrated Probabilities Using Bayesian Binning. */
export async function calibrationError(
  model: tf.LayersModel,
  examples: Examples,
  { bins = 15 }: { bins?: number } = {},
): Promise<CalibrationError> {
  checkFits(model, examples, "measure the calibration");
  if (!(Number.isInteger(bins) && bins >= 1))
    throw new RangeError(`Cannot measure the calibration: bins is a whole number from 1. Received: ${bins}.`);
  const logits = await predictLogits(model, examples);
  return errorOfLogits(logits, examples.labels, { temperature: readCard(model)?.temperature, bins });
}

/** The same of logits, `[count, classes]`, row-major. */
export function errorOfLogits(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  { temperature = 1, bins = 15 }: { temperature?: number; bins?: number } = {},
): CalibrationError {
  const count = labels.length;
  const classes = logits.length / count;
  const shares = confidences(logits, classes, temperature);
  const sums = Array.from({ length: bins }, () => ({ confidence: 0, right: 0, count: 0 }));
  for (let i = 0; i < count; i++) {
    let named = 0;
    for (let c = 1; c < classes; c++) if (shares[i * classes + c] > shares[i * classes + named]) named = c;
    const confidence = shares[i * classes + named];
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))];
    bin.confidence += confidence;
    bin.right += named === labels[i] ? 1 : 0;
    bin.count++;
  }
  const distance = sums.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.right), 0);
  return {
    error: distance / count,
    bins: sums.map((bin, i) => ({
      from: i / bins,
      to: (i + 1) / bins,
      confidence: bin.confidence / bin.count,
      accuracy: bin.right / bin.count,
      count: bin.count,
    })),
    count,
  };
}
