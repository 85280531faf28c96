import type { Examples } from "../data";
import { tf } from "../engine";

/** How much an example of each class counts in training: as given, or `"balanced"`, by which all classes count the
 * same in all. Only the proportions matter. */
export type ClassWeights = "balanced" | readonly number[];

/** Weights whose mean over the examples is 1, so that a learning rate means what it meant without them:
 * `balanced` is `examples / (classes · examples of the class)`.
 * @returns `[classes]`, or undefined where nothing is to be weighted.
 * @throws RangeError where the weights are not one for each class, zero or more, some above zero.
 * @see King and Zeng (2001), Logistic regression in rare events data. */
export function classWeightsOf(
  weights: ClassWeights | undefined,
  { labels, classes }: Pick<Examples, "labels" | "classes">,
): Float32Array | undefined {
  if (weights === undefined) return undefined;
  const counts = new Float64Array(classes.length);
  for (const label of labels) counts[label]++;
  const raw = weights === "balanced" ? counts.map((count) => (count ? 1 / count : 0)) : weights;
  checkWeights(raw, classes);
  const total = counts.reduce((sum, count, label) => sum + count * raw[label], 0);
  if (total === 0)
    throw new RangeError("Cannot weigh classes: all the examples are of classes with the weight 0.");
  return Float32Array.from(raw, (weight) => (weight * labels.length) / total);
}

function checkWeights(weights: ArrayLike<number>, classes: readonly string[]): void {
  const isList = typeof weights === "object" && weights.length === classes.length;
  if (!(isList && Array.from(weights).every((weight) => weight >= 0 && Number.isFinite(weight))))
    throw new RangeError(
      `Cannot weigh classes by ${JSON.stringify(weights)}: say "balanced", or a number from 0 for each of the ${classes.length} classes, ${classes.join(", ")}.`,
    );
}

/** The weight of each example; undefined where nothing is weighted. The caller disposes it.
 * @param labels `[batch]`.
 * @returns `[batch]`. */
export function exampleWeights(
  weights: Float32Array | undefined,
  labels: Int32Array,
): tf.Tensor1D | undefined {
  return weights && tf.tensor1d(Float32Array.from(labels, (label) => weights[label]));
}
