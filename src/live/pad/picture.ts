/** From a drawing, or any picture, to what the network sees. */
import {
  adapt,
  decodePhoto,
  drawPenStrokes,
  imageAt,
  PEN_PICTURE,
  pictureBytes,
  type Examples,
  type InputSpec,
  type PictureSource,
} from "../../helpers";
import type { Stroke } from "./strokes";

export type Ink = "white" | "black";

/** Half the width of a line as a share of the drawing's longer side: what the writers of pen-digits use. Taken of the
 * drawing, not of the paper, so that small writing does not come out bold. */
const PEN_RADIUS = 0.0625;
const SMALLEST = 0.08; // a drawing this small is a dot

/** Draws strokes as MNIST's digits are drawn, then makes of them what a network takes, as `adapt` does of a set.
 * @returns `[height, width, channels]`, 0…255; undefined where nothing is drawn. */
export function pictureOfStrokes(
  strokes: readonly Stroke[],
  ink: Ink,
  input: InputSpec,
): Uint8Array | undefined {
  const points = strokes.flat();
  if (points.length === 0) return undefined;
  const extent = (axis: 0 | 1): number => {
    const values = points.map((point) => point[axis]);
    return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
  };
  const radius = PEN_RADIUS * Math.max(extent(0), extent(1), SMALLEST);
  const grey = drawPenStrokes(
    strokes.map((stroke) =>
      stroke.map(([x, y, pressure = 0.5]) => ({ x, y, radius: radius * (0.5 + pressure) })),
    ),
  );
  return convert(ink === "white" ? grey : grey.map((value) => 255 - value), PEN_PICTURE, input);
}

/** One example of a set, of any size.
 * @returns `[height, width, channels]`, 0…255.
 * @throws RangeError where there is no such example; Error where it is of another input type. */
export function pictureOfExample(examples: Examples, index: number, input: InputSpec): Uint8Array {
  if (!(Number.isInteger(index) && index >= 0 && index < examples.count))
    throw new RangeError(`Cannot see example ${index}: there are examples 0 to ${examples.count - 1}.`);
  return convert(imageAt(examples, index), examples.input, input);
}

/** A picture file, by path, address or content; see `predict`.
 * @returns `[height, width, channels]`, 0…255. */
export async function pictureOfFile(source: PictureSource, input: InputSpec): Promise<Uint8Array> {
  const { name, bytes } = await pictureBytes(source);
  return await decodePhoto(bytes, input).catch((error: Error) => {
    throw new Error(`Cannot see ${name}: ${error.message}.`, { cause: error });
  });
}

/** A picture as grey pixels to be shown small, `[28, 28]`. */
export function thumbnailOf(picture: Uint8Array, input: InputSpec): Uint8Array {
  return convert(picture, asBytes(input), PEN_PICTURE);
}

/** Pictures as examples that the network takes.
 * @param pictures Each `[height, width, channels]`, 0…255; copied. */
export function examplesOf(
  pictures: readonly Uint8Array[],
  labels: readonly number[],
  { classes, input }: { classes: string[]; input: InputSpec },
): Examples {
  const length = input.height * input.width * input.channels;
  const images = new Uint8Array(pictures.length * length);
  pictures.forEach((picture, i) => images.set(picture, i * length));
  const count = pictures.length;
  const examples = { images, labels: Int32Array.from(labels), count, classes: [...classes] };
  return adapt({ ...examples, input: asBytes(input) }, { like: input, quiet: true });
}

/** The same size and channels, as bytes. */
export function asBytes(input: InputSpec): InputSpec {
  return { ...input, range: [0, 255] };
}

function convert(pixels: Uint8Array | Float32Array, from: InputSpec, to: InputSpec): Uint8Array {
  const one: Examples = {
    images: pixels,
    labels: new Int32Array(1),
    count: 1,
    classes: ["any"],
    input: from,
  };
  const { images } = adapt(one, { like: asBytes(to), quiet: true });
  return Uint8Array.from(images);
}
