import { imageAt, type Examples } from "../data";
import { tf } from "../engine";
import { graphOf, stepNamed, type Step } from "../model";
import { checkImages, inBatches, mapShape } from "./batches";
import { fieldOf, shapesOf, type Box } from "./receptive-field";
import { responseStep, type ResponseStep } from "./response-step";
import { TopK } from "./top-k";

/** What the patches may take in all, in MB. */
const BUDGET_MB = 512;

/** A part of an image that excites a unit. It can be drawn as it is. */
export interface Patch {
  /** Which of the examples it is cut from. */
  image: number;
  /** Where in the layer's map the unit answered. */
  row: number;
  column: number;
  /** How strongly. */
  value: number;
  /** Where it was cut out, in px; it may reach outside of the image. */
  box: Box;
  /** `[height, width, channels]`; what the unit doesn't see, as outside of the image, is grey: the middle of
   * the range. */
  pixels: Uint8Array | Float32Array;
  height: number;
  width: number;
  channels: number;
  range: [number, number];
}

/** What excites each unit of a layer most. */
export interface TopPatches {
  layer: string;
  /** The layer that the answers were read from: the last one before the activation function, or that. */
  readAt: string;
  /** The size of what a unit sees, in px. */
  height: number;
  width: number;
  /** How many images were looked at. */
  count: number;
  /** The strongest first; at most one patch of each image. */
  units: { unit: number; patches: Patch[] }[];
}

export interface TopPatchesOptions {
  /** How many patches for each unit; 9. */
  perUnit?: number;
  /** Which units; all. */
  units?: readonly number[];
  /** Rank by what units say before their activation function. It comes after batch norm, which may turn a
   * convolution's sign, and tells apart images to which ReLU answers 0. */
  beforeActivation?: boolean;
  signal?: AbortSignal;
}

/** For every unit of a layer the patches of real images that excite it most, at most one of each image, cropped
 * to what the unit sees. Only the best are kept while the images stream by.
 * @param model Borrowed.
 * @param layer A convolution, or any other layer. Batch norm and pools that follow it count as its own.
 * @throws RangeError where the layer or a unit isn't there, or the patches would take more than 512 MB.
 * @throws Error where the images don't fit the model.
 * @example
 * await showTopPatches(await topPatches(source, "conv2", photos.test));
 * @see Zeiler, Fergus (2014), Visualizing and understanding convolutional networks. */
export async function topPatches(
  model: tf.LayersModel,
  layer: string,
  examples: Examples,
  options: TopPatchesOptions = {},
): Promise<TopPatches> {
  const places = await placesOf(model, layer, examples, options, checkBudget);
  const { readAt, height, width, count } = places;
  const units = places.units.map((unit) => ({ unit, patches: places.cut(unit) }));
  return { layer, readAt, height, width, count, units };
}

/** Where in real images each unit of a layer answers most; what is seen there is cut out when it is asked for. */
export interface TopPlaces extends Omit<TopPatches, "units"> {
  units: readonly number[];
  /** How strongly one of the units answers where it answers most. */
  strongest(unit: number): number;
  /** Cuts out the patches of one of the units: the strongest `most`, or all. */
  cut(unit: number, most?: number): Patch[];
}

/** {@link topPatches} for those who look at one unit at a time: nothing is cut out beforehand, so the patches of a
 * whole layer may be larger than memory.
 * @param examples Borrowed, as long as patches are cut.
 * @throws As {@link topPatches}, but for the room that patches take.
 * @example
 * const places = await topPlaces(source, "conv2", photos.test);
 * const patches = places.cut(7); */
export function topPlaces(
  model: tf.LayersModel,
  layer: string,
  examples: Examples,
  options: TopPatchesOptions = {},
): Promise<TopPlaces> {
  return placesOf(model, layer, examples, options, () => {});
}

async function placesOf(
  model: tf.LayersModel,
  layer: string,
  examples: Examples,
  { perUnit = 9, units, beforeActivation = true, signal }: TopPatchesOptions,
  checkRoom: typeof checkBudget,
): Promise<TopPlaces> {
  checkImages(model, examples, "find patches");
  const graph = graphOf(model);
  const at = readingStep(graph, stepNamed(graph, layer, "find patches for"), beforeActivation);
  const field = fieldOf(graph, at.step, examples.input);
  const [, columns, channels] = mapShape(shapesOf(graph, examples.input)[at.step], layer);
  const wanted = units ?? Array.from({ length: channels }, (_, unit) => unit);
  check(wanted, channels, perUnit, layer);
  checkRoom(examples, wanted.length * Math.min(perUnit, examples.count), field);

  const best = new TopK(channels, perUnit);
  const strongest = ([maps]: tf.Tensor[]): tf.Tensor[] => {
    const places = tf.reshape(maps, [maps.shape[0], -1, channels]);
    return [tf.max(places, 1), tf.argMax(places, 1)]; // [batch, channels]
  };
  const task = `Finding patches for ${layer}`;
  for await (const { start, count, values } of inBatches(graph, examples, [at], strongest, { task, signal }))
    for (let image = 0; image < count; image++)
      for (const unit of wanted) {
        const i = image * channels + unit;
        best.offer(unit, values[0][i], start + image, values[1][i]);
      }

  const cut = (unit: number, most?: number): Patch[] =>
    best
      .best(unit)
      .slice(0, most)
      .map(({ value, key: image, place }) => {
        const [row, column] = [Math.floor(place / columns), place % columns];
        const [box, seen] = [field.at(row, column), field.inside(row, column)];
        return { image, row, column, value, box, ...crop(examples, image, box, seen) };
      });
  return {
    layer,
    readAt: graph[at.step].name,
    height: field.height,
    width: field.width,
    count: examples.count,
    units: wanted,
    strongest: (unit) => best.best(unit)[0].value,
    cut,
  };
}

/** Layers that are nothing but an activation function. */
const ACTIVATIONS = new Set([
  "Activation",
  "ReLU",
  "LeakyReLU",
  "PReLU",
  "ELU",
  "ThresholdedReLU",
  "Softmax",
]);

/** Where a layer's answers are read: just before its activation function, or just after. */
function readingStep(graph: readonly Step[], named: number, beforeActivation: boolean): ResponseStep {
  const found = responseStep(graph, named);
  if (beforeActivation) return found;
  if (found.beforeActivation) return { step: found.step, beforeActivation: false };
  const users = graph.flatMap(({ inputs }, user) => (inputs.includes(found.step) ? [user] : []));
  const next = users.length === 1 && ACTIVATIONS.has(graph[users[0]].layer.getClassName());
  return next ? { step: users[0], beforeActivation: false } : found;
}

/** A part of an image; what isn't seen becomes the middle of the range. */
function crop(
  examples: Examples,
  index: number,
  { top, left, bottom, right }: Box,
  seen: Box,
): Pick<Patch, "pixels" | "height" | "width" | "channels" | "range"> {
  const { width: across, channels, range } = examples.input;
  const image = imageAt(examples, index);
  const [height, width] = [bottom - top, right - left];
  const Pixels = image instanceof Uint8Array ? Uint8Array : Float32Array;
  const pixels = new Pixels(height * width * channels).fill((range[0] + range[1]) / 2);
  const length = (seen.right - seen.left) * channels;
  for (let y = seen.top; y < seen.bottom; y++) {
    const from = (y * across + seen.left) * channels;
    const to = ((y - top) * width + seen.left - left) * channels;
    pixels.set(image.subarray(from, from + length), to);
  }
  return { pixels, height, width, channels, range };
}

function check(units: readonly number[], channels: number, perUnit: number, layer: string): void {
  if (!(Number.isInteger(perUnit) && perUnit >= 1))
    throw new RangeError(
      `Cannot find patches: it takes a whole number from 1 for each unit. Received: ${perUnit}.`,
    );
  const outside = units.find((unit) => !(Number.isInteger(unit) && unit >= 0 && unit < channels));
  if (units.length === 0 || outside !== undefined)
    throw new RangeError(
      `Cannot find patches for ${outside === undefined ? "no units" : `unit ${outside}`}: "${layer}" has the units 0 to ${channels - 1}.`,
    );
}

function checkBudget(
  { images, input }: Examples,
  patches: number,
  { height, width }: { height: number; width: number },
): void {
  const bytes = patches * height * width * input.channels * images.BYTES_PER_ELEMENT;
  const megabytes = Math.ceil(bytes / 2 ** 20);
  if (megabytes > BUDGET_MB)
    throw new RangeError(
      `Cannot keep ${patches.toLocaleString("en")} patches of ${height}×${width} px: they take ${megabytes.toLocaleString("en")} MB, and ${BUDGET_MB} MB are allowed. Choose units, or fewer patches for each.`,
    );
}
