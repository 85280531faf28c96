/** How strongly units answer to what is in the middle of a picture. */
import type { InputSpec } from "../data";
import { tf } from "../engine";
import { stepNamed, type Step } from "../model";
import { mapsAt, responseStep, type ResponseStep } from "./response-step";
import type { View } from "./view";

/** Layers whose units each have a map of answers. */
const CONVOLUTIONS = new Set(["Conv2D", "DepthwiseConv2D", "SeparableConv2D"]);

/** The names of the convolutions of a network, from input to output. */
export function convolutionsOf(graph: readonly Step[]): string[] {
  return graph.filter(({ layer }) => CONVOLUTIONS.has(layer.getClassName())).map(({ name }) => name);
}

/** Where the answers of layers are read.
 * @param action What needs them, for errors.
 * @throws RangeError where a layer isn't there; Error where its units have no maps. */
export function responseSteps(
  graph: readonly Step[],
  layers: readonly string[],
  action: string,
): ResponseStep[] {
  return layers.map((name) => {
    const found = responseStep(graph, stepNamed(graph, name, action));
    const { outputShape } = graph[found.step].layer;
    if (outputShape.length !== 4)
      throw new Error(
        `Cannot ${action} "${name}": its units need maps [height, width]. Its output is [${outputShape.slice(1).join(", ")}].`,
      );
    return found;
  });
}

/** What units answer to the middle of pictures.
 * @param pictures Each `[height, width, channels]` of the view.
 * @returns For each step `[pictures, units]`, row-major. */
export async function answers(
  graph: readonly Step[],
  steps: readonly ResponseStep[],
  pictures: readonly Float32Array[],
  { input: { height, width, channels }, windows }: View,
): Promise<Float32Array[]> {
  const length = height * width * channels;
  const values = new Float32Array(pictures.length * length);
  pictures.forEach((picture, i) => values.set(picture, i * length));
  const maxima = tf.tidy(() => {
    const shown = tf.tensor4d(values, [pictures.length, height, width, channels]);
    return mapsAt(graph, shown, steps).map((map, i) => centralMaximum(map as tf.Tensor4D, windows[i]));
  });
  const read = await Promise.all(maxima.map((maximum) => maximum.data()));
  tf.dispose(maxima);
  return read as Float32Array[];
}

/** A picture without contrast: the middle of the range, `[height, width, channels]`. */
export function blankPicture({ height, width, channels, range: [low, high] }: InputSpec): Float32Array {
  return new Float32Array(height * width * channels).fill((low + high) / 2);
}

/** The strongest answer of every unit in the middle of its map, `[batch, units]`. */
function centralMaximum(map: tf.Tensor4D, { rows, columns }: View["windows"][number]): tf.Tensor2D {
  const [, height, width] = map.shape;
  const start = [0, (height - rows) / 2, (width - columns) / 2, 0];
  return tf.max(tf.slice(map, start, [-1, rows, columns, -1]), [1, 2]);
}

/** How many pictures fit into a batch of some 64 MB of maps. */
export function batchFor({ height, width }: InputSpec): number {
  return Math.max(1, Math.min(128, Math.floor(2 ** 17 / (height * width))));
}
