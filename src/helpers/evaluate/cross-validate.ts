import type { tf } from "../engine";
import { predictLogits, score } from "../model";
import type { Fold } from "./folds";
import { trainCopy, type Trial } from "./trials";

/** How a strategy did in one round of a cross-validation. */
export interface FoldResult {
  /** On the examples held out, 0…1. */
  accuracy: number;
  /** `[held out, classes]`, row-major: what the trained copy made of the examples that it had not seen. */
  logits: Float32Array;
  /** How long the training took. */
  seconds: number;
}

/** Copies the source, trains the copy on a fold's examples, measures it on those held out.
 * @returns Plain values; undefined where the signal stopped it. */
export async function runFold(
  source: tf.LayersModel,
  { train, heldOut }: Fold,
  options: Omit<Trial, "size">,
): Promise<FoldResult | undefined> {
  const start = performance.now();
  const model = await trainCopy(source, train, options);
  if (!model) return undefined;
  const seconds = (performance.now() - start) / 1000;
  try {
    const logits = await predictLogits(model, heldOut);
    return { accuracy: score(logits, heldOut.labels).accuracy, logits, seconds };
  } finally {
    model.dispose();
  }
}
