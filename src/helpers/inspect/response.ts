/** How strongly units answer to what is in the middle of a picture. */
import type { InputSpec } from "../data";
import { tf } from "../engine";
import { stepNamed, type Step } from "../model";
import { mapsAt, responseStep, type ResponseStep } from "./response-step";

/** How far from the centre of the picture an answer may come from, in px: the window is twice as wide. */
const REACH = 2;

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

/** What units answer to pictures.
 * @param pictures Each `[height, width, channels]`.
 * @returns For each step `[pictures, units]`, row-major. */
export async function answers(
  graph: readonly Step[],
  steps: readonly ResponseStep[],
  pictures: readonly Float32Array[],
  { height, width, channels }: InputSpec,
): Promise<Float32Array[]> {
  const length = height * width * channels;
  const values = new Float32Array(pictures.length * length);
  pictures.forEach((picture, i) => values.set(picture, i * length));
  const maxima = tf.tidy(() =>
    centralResponses(graph, steps, tf.tensor4d(values, [pictures.length, height, width, channels])),
  );
  const read = await Promise.all(maxima.map((maximum) => maximum.data()));
  tf.dispose(maxima);
  return read as Float32Array[];
}

/** A picture without contrast: the middle of the range, `[height, width, channels]`. */
export function blankPicture({ height, width, channels, range: [low, high] }: InputSpec): Float32Array {
  return new Float32Array(height * width * channels).fill((low + high) / 2);
}

/** The strongest answer of every unit in the middle of its map.
 * @param pictures `[batch, height, width, channels]`; borrowed.
 * @returns For each step `[batch, units]`; the caller disposes them. */
function centralResponses(
  graph: readonly Step[],
  steps: readonly ResponseStep[],
  pictures: tf.Tensor4D,
): tf.Tensor2D[] {
  return tf.tidy(() =>
    mapsAt(graph, pictures, steps).map((map) => centralMaximum(map as tf.Tensor4D, pictures.shape)),
  );
}

function centralMaximum(map: tf.Tensor4D, [, height, width]: number[]): tf.Tensor2D {
  const [, rows, columns] = map.shape;
  const [top, tall] = middle(rows, (2 * REACH * rows) / height);
  const [left, wide] = middle(columns, (2 * REACH * columns) / width);
  return tf.max(tf.slice(map, [0, top, left, 0], [-1, tall, wide, -1]), [1, 2]);
}

/** The middle cells of a row: at least one, or two where their number is even.
 * @returns The first of them, and how many they are. */
function middle(cells: number, wanted: number): [number, number] {
  const least = cells % 2 === 0 ? 2 : 1;
  const taken = Math.min(cells, least + 2 * Math.max(0, Math.round((wanted - least) / 2)));
  return [(cells - taken) / 2, taken];
}

/** How many pictures fit into a batch of some 64 MB of maps. */
export function batchFor({ height, width }: InputSpec): number {
  return Math.max(1, Math.min(128, Math.floor(2 ** 17 / (height * width))));
}
