import { report } from "../report";
import { checkExamples } from "./check-examples";
import { imageAt, imageLength, type Dataset, type Examples, type InputSpec } from "./examples";
import { readInput, type InputLike } from "./input-spec";
import { resizer } from "./resize";

export interface AdaptOptions {
  like: InputLike;
  quiet?: boolean;
}

/** Turns images into what a model takes, or into what other images look like: size (stretched where the
 * proportions differ), channels (grey is repeated, colour becomes luminance, ITU-R BT.601) and value range.
 * One reported line says what was done.
 * @param options.like A model, a data set, examples, or an input's description.
 * @param options.quiet Leaves the line out.
 * @returns A new set; where nothing is to be done, it shares the pixels of the one given.
 * @throws Error where the input type differs: what a network has learned transfers only between data of the
 *   same input type.
 * @example const digits = adapt(await loadDataset("mnist"), { like: source }); // 28×28 grey → 32×32 RGB */
export function adapt(set: Dataset, options: AdaptOptions): Dataset;
export function adapt(examples: Examples, options: AdaptOptions): Examples;
export function adapt(data: Dataset | Examples, { like, quiet = false }: AdaptOptions): Dataset | Examples {
  const isSet = "train" in data;
  const name = isSet ? data.name : "examples";
  const { input: to, assumed } = readInput(like, data.input);
  checkSameType(name, data.input, to);
  for (const part of isSet ? [data.train, data.test] : [data]) checkExamples(part);
  const changes = changesBetween(data.input, to);
  if (assumed) changes.push(`values taken to be ${rangeText(to)}, as the model has no card`);
  if (changes.length > 0 && !quiet) report(`${name}: ${changes.join(", ")}`);
  if (!isSet) return adaptExamples(data, to);
  return { ...data, input: to, train: adaptExamples(data.train, to), test: adaptExamples(data.test, to) };
}

/** Why a network of one type is no use to data of another. */
export const SAME_TYPE_ONLY =
  "what a network has learned — edges, shapes — transfers only between data of the same input type";

/** Refuses what no resizing can mend.
 * @param name What the data are called in the error. */
export function checkSameType(name: string, from: InputSpec, to: InputSpec): void {
  if (from.type !== to.type)
    throw new Error(`Cannot adapt ${name} from ${from.type} to ${to.type}: ${SAME_TYPE_ONLY}.`);
  if (from.channels !== to.channels && !(isGreyOrColour(from) && isGreyOrColour(to)))
    throw new Error(
      `Cannot adapt ${name} from ${from.channels} to ${to.channels} channels: only 1 (grey) and 3 (red, green, blue) turn into each other.`,
    );
  if (from.type !== "image" && changesBetween(from, to).length > 0)
    throw new Error(`Cannot adapt ${name}: only images can be resized, and it is ${from.type}.`);
}

function isGreyOrColour({ channels }: InputSpec): boolean {
  return channels === 1 || channels === 3;
}

/** `["28×28 → 32×32", "grey → RGB"]`. */
function changesBetween(from: InputSpec, to: InputSpec): string[] {
  const size = ({ height, width }: InputSpec): string => `${height}×${width}`;
  const colour = ({ channels }: InputSpec): string => (channels === 1 ? "grey" : "RGB");
  const aspects = [size, colour, rangeText];
  return aspects.filter((of) => of(from) !== of(to)).map((of) => `${of(from)} → ${of(to)}`);
}

function rangeText({ range }: InputSpec): string {
  return range.join("…");
}

function adaptExamples(examples: Examples, to: InputSpec): Examples {
  const from = examples.input;
  if (changesBetween(from, to).length === 0) return { ...examples, input: to };
  const planes = Math.min(from.channels, to.channels);
  const resize = resizer(from, to, planes);
  const isBytes = to.range[0] === 0 && to.range[1] === 255;
  const length = imageLength(to);
  const images = isBytes
    ? new Uint8ClampedArray(examples.count * length) // rounds to the nearest
    : new Float32Array(examples.count * length);
  const scale = (to.range[1] - to.range[0]) / (from.range[1] - from.range[0]);
  const shift = to.range[0] - from.range[0] * scale;
  const copies = to.channels / planes;
  for (let i = 0, out = 0; i < examples.count; i++) {
    const image = imageAt(examples, i);
    const resized = resize(planes < from.channels ? luminance(image) : image);
    for (let p = 0; p < resized.length; p++) {
      const mapped = resized[p] * scale + shift;
      for (let c = 0; c < copies; c++) images[out++] = mapped;
    }
  }
  return {
    ...examples,
    input: to,
    images: isBytes ? new Uint8Array(images.buffer) : (images as Float32Array),
  };
}

/** What the eye sees of red, green and blue as brightness. */
export function luminance(image: Uint8Array | Float32Array): Float32Array {
  const grey = new Float32Array(image.length / 3);
  for (let i = 0; i < grey.length; i++)
    grey[i] = 0.299 * image[3 * i] + 0.587 * image[3 * i + 1] + 0.114 * image[3 * i + 2];
  return grey;
}
