/** How sure a measured figure is. */

const Z95 = 1.959964;

/** Wilson's 95 % interval for a share, which stays within 0…1 and is right for small counts too.
 * @see Wilson (1927), Probable Inference. */
export function wilsonInterval(successes: number, count: number): { low: number; high: number } {
  if (!(count > 0)) return { low: 0, high: 1 };
  const p = successes / count;
  const z2 = Z95 ** 2 / count;
  const middle = (p + z2 / 2) / (1 + z2);
  const half = (Z95 * Math.sqrt((p * (1 - p)) / count + z2 / (4 * count))) / (1 + z2);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Two-sided 97.5 % points of Student's t distribution, by degrees of freedom from 1. */
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

export interface MeanInterval {
  mean: number;
  /** Standard deviation over the values, n − 1 in its denominator; 0 for one value. */
  sd: number;
  /** The 95 % interval of the mean (Student's t); for one value it is that value. */
  low: number;
  high: number;
}

/** The mean of a few values with its 95 % interval.
 * @throws RangeError where there is no value. */
export function meanInterval(values: readonly number[]): MeanInterval {
  if (values.length === 0) throw new RangeError("Cannot take the mean of no values.");
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return { mean, sd: 0, low: mean, high: mean };
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  const half = (studentPoint(values.length - 1) * sd) / Math.sqrt(values.length);
  return { mean, sd, low: mean - half, high: mean + half };
}

/** The two-sided 97.5 % point of Student's t distribution. */
function studentPoint(degreesOfFreedom: number): number {
  return T95[degreesOfFreedom - 1] ?? Z95 + (Z95 ** 3 + Z95) / (4 * degreesOfFreedom);
}

/** The mean of a figure over the folds of a cross-validation, with its 95 % interval.
 *
 * The folds train on nearly the same examples, so their figures are not independent, and Student's interval
 * would be far too narrow, the more so the more often the cross-validation is repeated. The corrected variance
 * of the mean of J folds is `(1/J + held out/trained on) · s²`. A fold of m examples can only show steps of 1/m,
 * so a spread below what such steps hide, `1/(m√12)`, is not believed.
 * @param values One for each fold and repetition, 2 or more.
 * @param options.heldOut,trained How many examples a fold was measured on, and how many it was trained on.
 * @throws RangeError where there are fewer than two values.
 * @see Nadeau and Bengio (2003), Inference for the generalization error. */
export function foldsInterval(
  values: readonly number[],
  { heldOut, trained }: { heldOut: number; trained: number },
): MeanInterval {
  if (values.length < 2)
    throw new RangeError(`Cannot tell how sure a mean over ${values.length} folds is: it takes two or more.`);
  const { mean, sd } = meanInterval(values);
  const spread = Math.max(sd, 1 / (heldOut * Math.sqrt(12)));
  const error = spread * Math.sqrt(1 / values.length + heldOut / trained);
  const half = studentPoint(values.length - 1) * error;
  return { mean, sd, low: mean - half, high: mean + half };
}
