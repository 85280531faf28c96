/** How sure a model is of each class: the softmax of its logits, divided by a temperature.
 * @param logits `[count, classes]`, row-major.
 * @param temperature Above 1 it makes a model less sure, below 1 surer; the order of the classes stays.
 * @returns `[count, classes]`, row-major; each row sums to 1.
 * @see Guo et al. (2017), On Calibration of Modern Neural Networks. */
export function confidences(logits: ArrayLike<number>, classes: number, temperature = 1): Float64Array {
  const shares = new Float64Array(logits.length);
  for (let row = 0; row < logits.length; row += classes) {
    let highest = -Infinity;
    for (let c = 0; c < classes; c++) highest = Math.max(highest, logits[row + c]);
    let sum = 0;
    for (let c = 0; c < classes; c++)
      sum += shares[row + c] = Math.exp((logits[row + c] - highest) / temperature);
    for (let c = 0; c < classes; c++) shares[row + c] /= sum;
  }
  return shares;
}
