import { confidences } from "../model";

const WIDEST = Math.log(100); // temperatures from 0.01 to 100
const HALVINGS = 50;

/** The temperature that makes logits tell the labels best: the one with the least sum of
 * `−log softmax(logits / temperature)[label]`, plus `½ log² temperature`.
 *
 * The second part is a prior, 1 give or take a factor of e. It is nothing beside a hundred examples, and holds
 * back a few that happen to be named rightly all, which would make a model infinitely sure.
 * @param logits `[count, classes]`, row-major, of examples that were not trained on.
 * @returns From 0.01 to 100.
 * @see Guo et al. (2017), On Calibration of Modern Neural Networks. */
export function fitTemperature(logits: ArrayLike<number>, labels: ArrayLike<number>): number {
  // The sum is convex in 1/temperature, so halving finds where its slope changes sign.
  let low = -WIDEST;
  let high = WIDEST;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (slope(logits, labels, middle) < 0) low = middle;
    else high = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/** How the sum grows with the logarithm of `1/temperature`: by the logits that the model expects, less those
 * of the labels. */
function slope(logits: ArrayLike<number>, labels: ArrayLike<number>, logInverse: number): number {
  const count = labels.length;
  const classes = logits.length / count;
  const inverse = Math.exp(logInverse);
  const shares = confidences(logits, classes, 1 / inverse);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const row = i * classes;
    for (let c = 0; c < classes; c++) sum += shares[row + c] * logits[row + c];
    sum -= logits[row + labels[i]];
  }
  return inverse * sum + logInverse;
}
