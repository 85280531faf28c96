/** Where a unit sits, and the part of an image that has to be run to know its answer. */
import { isDeepStrictEqual } from "node:util";
import type { InputSpec } from "../data";
import { tf } from "../engine";
import type { Step } from "../model";
import { cuttable, cutSteps } from "./cut-steps";
import { fieldIfKnown, shapesOf, type Box } from "./receptive-field";

/** A place of a layer's map, or all of them. */
export interface UnitView {
  /** What is run: the model's image, or a part of it. */
  canvas: InputSpec;
  /** What is seen of the model's image, in px. */
  box: Box;
  /** The same on the canvas. */
  onCanvas: Box;
  /** The row and the column in the map of the canvas; all of them where it is left out. */
  place?: [row: number, column: number];
}

/** What a unit sees. It can be drawn as it is. */
export interface Seen {
  /** The part of the model's image that it is, in px. */
  box: Box;
  /** `[height, width, channels]`, row-major, within `range`. */
  pixels: Float32Array;
  height: number; // px
  width: number; // px
  channels: number;
  range: [number, number];
}

/** All places of a map at once. */
export function allPlaces(input: InputSpec): UnitView {
  const all: Box = { top: 0, left: 0, bottom: input.height, right: input.width };
  return { canvas: input, box: all, onCanvas: all };
}

/** The place in the middle of a step's map. Where it doesn't see the image's border, the canvas is only as large
 * as what it sees, or a little larger: that gives the same answer, sooner. */
export function middlePlace(graph: readonly Step[], step: number, input: InputSpec): UnitView {
  const way = graph.slice(0, step + 1);
  const shape = shapesOf(way, input)[step];
  const [row, column] = (shape.length === 3 ? shape : [1, 1]).map((cells) => Math.floor(cells / 2));
  const field = fieldIfKnown(graph, step, input);
  if (!field) return { ...allPlaces(input), place: [row, column] };
  const box = field.inside(row, column);
  if (!isDeepStrictEqual(box, field.at(row, column)))
    return { canvas: input, box, onCanvas: box, place: [row, column] };
  const [y, x] = cutSteps(way, input);
  const [top, left] = [cuttable(box.top, y), cuttable(box.left, x)];
  const height = input.height - top - cuttable(input.height - box.bottom, y);
  const width = input.width - left - cuttable(input.width - box.right, x);
  return {
    canvas: { ...input, height, width },
    box,
    onCanvas: {
      top: box.top - top,
      left: box.left - left,
      bottom: box.bottom - top,
      right: box.right - left,
    },
    place: [row - (top && top / field.strideY), column - (left && left / field.strideX)],
  };
}

/** The answer of one unit to each image.
 * @param maps `[images, height, width, channels]` or `[images, channels]`.
 * @param units One for each image.
 * @returns `[images]`. */
export function answersOf(maps: tf.Tensor, units: readonly number[], { place }: UnitView): tf.Tensor1D {
  return tf.tidy(() => {
    const [count, channels] = [maps.shape[0], maps.shape.at(-1)!];
    const seen = maps.rank === 4 && place ? tf.slice(maps, [0, ...place, 0], [-1, 1, 1, -1]) : maps;
    const means = tf.mean(tf.reshape(seen, [count, -1, channels]), 1);
    return tf.sum(tf.mul(means, tf.oneHot(tf.tensor1d([...units], "int32"), channels)), 1);
  });
}

/** What the unit sees of an image.
 * @param images `[batch, height, width, channels]` of the canvas. */
export function cropped(images: Float32Array, index: number, { canvas, box, onCanvas }: UnitView): Seen {
  const { channels, range } = canvas;
  const [height, width] = [box.bottom - box.top, box.right - box.left];
  const pixels = new Float32Array(height * width * channels);
  for (let row = 0; row < height; row++) {
    const from = ((index * canvas.height + onCanvas.top + row) * canvas.width + onCanvas.left) * channels;
    pixels.set(images.subarray(from, from + width * channels), row * width * channels);
  }
  return { box, pixels, height, width, channels, range: [range[0], range[1]] };
}
