import type { Examples } from "../data";
import type { tf } from "../engine";
import { checkFits, predictLogits, score } from "../model";
import { wilsonInterval } from "./intervals";

/** How well a model does on examples. Plain values. */
export interface Evaluation {
  /** The share of examples that it names rightly, 0…1, with Wilson's 95 % interval. */
  accuracy: number;
  low: number;
  high: number;
  /** Mean cross-entropy, in nats. */
  loss: number;
  count: number;
  classes: string[];
  /** In the order of `classes`; `NaN` for a class without examples. */
  perClass: { name: string; accuracy: number; count: number }[];
  /** Counts, `[true class][predicted class]`. */
  confusion: number[][];
  /** `[count]`, the class it names for each example. */
  predictions: Int32Array;
  /** `[count]`, the probability that it gives that class, 0…1. */
  confidences: Float32Array;
}

/** Measures a model on examples, in batches, in inference mode.
 * @param model Borrowed; not changed.
 * @throws Error where the examples don't fit the model.
 * @example
 * const { accuracy, low, high } = await evaluate(target, digits.test); */
export async function evaluate(model: tf.LayersModel, examples: Examples): Promise<Evaluation> {
  checkFits(model, examples, "evaluate");
  const logits = await predictLogits(model, examples);
  return scoreLogits(logits, examples);
}

/** Scores logits against the labels.
 * @param logits `[count, classes]`, row-major. */
export function scoreLogits(logits: Float32Array, { labels, count, classes }: Examples): Evaluation {
  const { loss, accuracy, predictions, confidences } = score(logits, labels);
  const confusion = classes.map(() => classes.map(() => 0));
  predictions.forEach((predicted, i) => confusion[labels[i]][predicted]++);
  const perClass = classes.map((name, c) => {
    const total = confusion[c].reduce((sum, n) => sum + n, 0);
    return { name, accuracy: confusion[c][c] / total, count: total };
  });
  const { low, high } = wilsonInterval(Math.round(accuracy * count), count);
  return { accuracy, low, high, loss, count, classes, perClass, confusion, predictions, confidences };
}
