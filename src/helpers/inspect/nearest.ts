import { imageLength, type Examples } from "../data";
import { tf } from "../engine";
import { graphOf, headOf, INPUT, stepNamed, type Step } from "../model";
import { checkImages, inBatches, size } from "./batches";
import { shapesOf } from "./receptive-field";
import { TopK } from "./top-k";

/** What the features of the images may take, in MB. */
const BUDGET_MB = 512;

/** The training examples that an image resembles, the most similar first. */
export interface Neighbours {
  /** Indices into the training examples. */
  indices: Int32Array;
  /** The cosine between the features, −1…1. */
  similarities: Float32Array;
}

export interface NearestOptions {
  /** How many for each image; 5. */
  k?: number;
  /** The layer whose result is compared; the one whose result the output layer takes. */
  layer?: string;
  signal?: AbortSignal;
}

/** For each image the training examples that look most alike to the network: whose features, flattened, make
 * the smallest angle with its own. Only the best are kept while the training examples stream by. An image
 * that is itself among them is its own nearest neighbour.
 * @param model Borrowed.
 * @throws RangeError where the layer isn't there, `k` is no whole number from 1, or there are too many images.
 * @throws Error where images don't fit the model.
 * @example
 * const [like] = await nearestTrainingImages(target, pick(digits.test, [0]), few); */
export async function nearestTrainingImages(
  model: tf.LayersModel,
  images: Examples,
  training: Examples,
  { k = 5, layer, signal }: NearestOptions = {},
): Promise<Neighbours[]> {
  const action = "find the nearest training images";
  checkImages(model, images, action);
  checkImages(model, training, action);
  if (!(Number.isInteger(k) && k >= 1))
    throw new RangeError(`Cannot ${action}: k is a whole number from 1. Received: ${k}.`);
  if (imageLength(images.input) !== imageLength(training.input))
    throw new Error(
      `Cannot ${action}: the training images are of another size. Call adapt(images, { like: training }) first.`,
    );
  const graph = graphOf(model);
  const step = layer === undefined ? beforeHead(model, graph) : stepNamed(graph, layer, `${action} by`);
  const length = step === INPUT ? imageLength(images.input) : size(shapesOf(graph, images.input)[step]);
  checkBudget(images.count, length);

  const at = [{ step, beforeActivation: false }];
  const asked = new Float32Array(images.count * length);
  const task = "Finding what it resembles";
  for await (const { start, values } of inBatches(graph, images, at, ([f]) => [directions(f)], {
    task,
    signal,
  }))
    asked.set(values[0], start * length);

  const best = new TopK(images.count, k);
  const queries = tf.tensor2d(asked, [images.count, length]);
  try {
    const compare = ([features]: tf.Tensor[]): tf.Tensor[] => {
      const cosines = tf.matMul(queries, directions(features), false, true); // [images, batch]
      const { values, indices } = tf.topk(cosines, Math.min(k, cosines.shape[1]!));
      return [tf.clipByValue(values, -1, 1), indices];
    };
    const options = { task, signal, extraValues: images.count };
    for await (const { start, count, values } of inBatches(graph, training, at, compare, options)) {
      const each = Math.min(k, count);
      for (let i = 0; i < images.count * each; i++)
        best.offer(Math.floor(i / each), values[0][i], start + values[1][i]);
    }
  } finally {
    queries.dispose();
  }
  return Array.from({ length: images.count }, (_, image) => {
    const found = best.best(image);
    return {
      indices: Int32Array.from(found, ({ key }) => key),
      similarities: Float32Array.from(found, ({ value }) => value),
    };
  });
}

/** The step whose result the output layer takes. */
function beforeHead(model: tf.LayersModel, graph: readonly Step[]): number {
  const head = headOf(model).layer;
  return graph.findLast((step) => step.layer === head)!.inputs[0];
}

/** Features as rows of length 1; rows of zeros stay so. */
function directions(features: tf.Tensor): tf.Tensor2D {
  const rows = tf.reshape(features, [features.shape[0], -1]) as tf.Tensor2D;
  return tf.div(rows, tf.maximum(tf.norm(rows, 2, 1, true), 1e-12));
}

function checkBudget(count: number, length: number): void {
  const megabytes = Math.ceil((count * length * 4) / 2 ** 20);
  if (megabytes > BUDGET_MB)
    throw new RangeError(
      `Cannot compare ${count.toLocaleString("en")} images by ${length.toLocaleString("en")} features: they take ${megabytes.toLocaleString("en")} MB, and ${BUDGET_MB} MB are allowed: ${Math.floor((BUDGET_MB * 2 ** 18) / length)} images.`,
    );
}
