import { imageLength, type Examples, type InputSpec } from "../data";
import { tf } from "../engine";
import { nextTurn } from "../next-turn";
import { readCard } from "./card";
import { inferencePass } from "./inference-pass";

/** How many images go through a model at a time: 128 small ones, since the maps of more leave the processor's
 * cache; of large ones fewer, for each layer's maps of all of them have to be held at once. 16 of 224×224×3 pixels
 * go as fast as more of them, in less memory. */
export function batchSizeFor(input: InputSpec): number {
  return Math.max(1, Math.min(128, Math.floor(2_500_000 / imageLength(input))));
}

/** What a model gives for each example: logits, or the logarithms of its probabilities.
 * @returns `[count, classes]`, row-major. */
export async function predictLogits(model: tf.LayersModel, examples: Examples): Promise<Float32Array> {
  const { height, width, channels } = examples.input;
  const length = imageLength(examples.input);
  const classes = model.outputs[0].shape.at(-1)!;
  const probabilities = readCard(model)?.output === "probabilities";
  const all = new Float32Array(examples.count * classes);
  const batch = batchSizeFor(examples.input);
  const buffer = new Float32Array(Math.min(batch, examples.count) * length); // one for all, or collecting them costs
  const pass = inferencePass(model);
  try {
    for (let start = 0; start < examples.count; start += batch) {
      const end = Math.min(start + batch, examples.count);
      const logits = tf.tidy(() => {
        const pixels = buffer.subarray(0, (end - start) * length);
        pixels.set(examples.images.subarray(start * length, end * length));
        const output = pass.run(tf.tensor4d(pixels, [end - start, height, width, channels]));
        return probabilities ? tf.log(tf.add(output, 1e-12)) : output;
      });
      all.set(await logits.data(), start * classes);
      logits.dispose();
      await nextTurn();
    }
  } finally {
    pass.dispose();
  }
  return all;
}

/** How logits compare with the labels. */
export interface Score {
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** The share named rightly, 0…1. */
  accuracy: number;
  /** `[count]`, the class with the highest logit. */
  predictions: Int32Array;
  /** `[count]`, the softmax probability of that class, 0…1. */
  confidences: Float32Array;
}

/** Scores logits against the labels.
 * @param logits `[count, classes]`, row-major.
 * @param classWeights `[classes]`, how much an example of each class counts in the loss; 1 where it is left out. */
export function score(
  logits: ArrayLike<number>,
  labels: Int32Array,
  classWeights?: ArrayLike<number>,
): Score {
  const classes = logits.length / labels.length;
  const predictions = new Int32Array(labels.length);
  const confidences = new Float32Array(labels.length);
  let loss = 0;
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = i * classes;
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[row + c] > logits[row + best]) best = c;
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(logits[row + c] - logits[row + best]);
    const own = logits[row + best] + Math.log(sum) - logits[row + labels[i]];
    loss += classWeights ? classWeights[labels[i]] * own : own;
    predictions[i] = best;
    confidences[i] = 1 / sum;
    if (best === labels[i]) right++;
  }
  return { loss: loss / labels.length, accuracy: right / labels.length, predictions, confidences };
}
