/** Photographs of any size and kind → pixels. The only file that knows sharp, which is libvips. */
import type { Sharp } from "sharp";
import { luminance } from "./adapt";
import { readBmp } from "./bmp";
import type { InputSpec } from "./examples";
import { fitPicture, isEnlarged } from "./fit-picture";
import { formatOf } from "./picture-format";

/** How a photograph comes into the form that a network takes:
 *  - `crop`: its middle, as large as fits. What networks that were trained on photographs saw: shapes stay true.
 *  - `stretch`: all of it, its proportions changed. Where what matters may be at the edge.
 *  - `pad`: all of it, between bars. */
export const FITS = ["crop", "stretch", "pad"] as const;

export type Fit = (typeof FITS)[number];

export interface PhotoOptions {
  fit?: Fit;
  /** What shows through transparent pixels, and in the bars of `pad`: red, green, blue, 0…255. White by default. */
  background?: [number, number, number];
}

/** 120 megapixels: more than phones take. Decoded, they are 360 MB. */
export const MAX_PIXELS = 120e6;
const MAX_BITMAP_PIXELS = 30e6; // these are decoded whole; a file of 24 bits can't have many more
const TIMEOUT_S = 30;

/** The library, loaded at the first picture: whoever reads none doesn't wait for it. */
async function library(): Promise<typeof import("sharp").default> {
  const { default: sharp } = await import("sharp");
  sharp.cache(false); // no picture is decoded twice
  return sharp;
}

/** @throws RangeError for an unknown fit or a background that is no colour. */
export function checkPhotoOptions({ fit = "crop", background = [255, 255, 255] }: PhotoOptions): void {
  if (!FITS.includes(fit))
    throw new RangeError(
      `Cannot fit pictures by ${JSON.stringify(fit)}: say ${FITS.map((name) => `"${name}"`).join(", ")}.`,
    );
  if (!(
    Array.isArray(background) &&
    background.length === 3 &&
    background.every((value) => value >= 0 && value <= 255)
  ))
    throw new RangeError(
      `Cannot lay pictures on ${JSON.stringify(background)}: a background is red, green and blue, 0…255.`,
    );
}

/** Decodes one photograph: JPEG, PNG, GIF (its first picture), BMP or WebP.
 *
 * It is turned upright as its EXIF data say, its colours become sRGB, transparent pixels are laid on the
 * background. It is resized by the triangle filter that `adapt` uses too; where a JPEG is far larger than needed, it
 * is decoded at a fraction of its size.
 * @param input The size and the channels; 1 gives luminance.
 * @returns `[height, width, channels]`, 0…255.
 * @throws Error whose message is the reason alone, such as `"it is no JPEG, PNG, GIF, BMP or WebP picture"`: the
 *   caller knows the name.
 * @example const pixels = await decodePhoto(await readFile("cat.jpg"), inputSpecOf(model)); */
export async function decodePhoto(
  bytes: Uint8Array,
  input: Pick<InputSpec, "height" | "width" | "channels">,
  options: PhotoOptions = {},
): Promise<Uint8Array> {
  const sharp = await library();
  const isBitmap = formatOf(bytes) === "BMP";
  const decode = (failOn: "warning" | "error"): Promise<Uint8Array> =>
    pixelsOf(isBitmap ? fromBitmap(sharp, bytes) : sharp(bytes, { ...READING, failOn }), input, options);
  try {
    return await decode("warning").catch((error: Error) => {
      if (HARMLESS.test(error.message)) return decode("error");
      throw error;
    });
  } catch (error) {
    throw new Error(explain(error as Error), { cause: error });
  }
}

/** Some phones write a progressive parameter into JPEGs that are not. Every viewer shows them. */
const HARMLESS = /Invalid SOS parameters/;

const READING = { limitInputPixels: MAX_PIXELS, sequentialRead: true, autoOrient: true };

function fromBitmap(sharp: typeof import("sharp").default, bytes: Uint8Array): Sharp {
  const { pixels, height, width, channels } = readBmp(bytes, MAX_BITMAP_PIXELS);
  return sharp(pixels, { raw: { height, width, channels } });
}

const SHARP_FIT = { crop: "cover", stretch: "fill", pad: "contain" } as const;

/** libvips moves what it enlarges by half a pixel; pictures up to this size are enlarged here. */
const MAX_ENLARGED_PIXELS = 4e6;

async function pixelsOf(
  picture: Sharp,
  { height, width, channels }: Pick<InputSpec, "height" | "width" | "channels">,
  { fit = "crop", background = [255, 255, 255] }: PhotoOptions,
): Promise<Uint8Array> {
  const to = { height, width };
  const { autoOrient: from } = await picture.metadata();
  const grows = isEnlarged(from, to, fit) && from.height * from.width <= MAX_ENLARGED_PIXELS;
  const [r, g, b] = background;
  const upright = picture.flatten({ background: { r, g, b } });
  const pixels = grows
    ? fitPicture(await rawPixels(upright, from), from, to, { fit, background })
    : await rawPixels(
        upright.resize(width, height, {
          fit: SHARP_FIT[fit],
          background: { r, g, b },
          kernel: "linear",
          fastShrinkOnLoad: false, // or a JPEG differs from the same picture as PNG
        }),
        to,
      );
  return channels === 1 ? Uint8Array.from(luminance(pixels), Math.round) : pixels;
}

/** `[height, width, 3]`. */
async function rawPixels(
  picture: Sharp,
  { height, width }: { height: number; width: number },
): Promise<Uint8Array> {
  const { data, info } = await picture
    .toColourspace("srgb")
    .timeout({ seconds: TIMEOUT_S })
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3 || info.height !== height || info.width !== width)
    throw new Error(`it decodes to ${info.height}×${info.width}×${info.channels}`);
  return new Uint8Array(data.buffer, data.byteOffset, data.length); // a Buffer has other methods
}

/** An image as a PNG file.
 * @param pixels `[height, width, channels]` of 1 or 3 channels. */
export async function encodePng(
  pixels: ArrayLike<number>,
  { height, width, channels, range: [low, high] }: InputSpec,
): Promise<Uint8Array> {
  const bytes = Uint8Array.from(pixels, (value) => Math.round((255 * (value - low)) / (high - low)));
  const sharp = await library();
  return await sharp(bytes, { raw: { height, width, channels: channels as 1 | 3 } })
    .png()
    .toBuffer();
}

function explain({ message }: Error): string {
  const [first] = message.split("\n");
  if (/pixel limit|too large/i.test(message)) return `it has more than ${MAX_PIXELS / 1e6} megapixels`;
  if (/timeout/i.test(message)) return `it could not be decoded within ${TIMEOUT_S} seconds`;
  return /^(it|the) /.test(first) ? first : `it is damaged or cut off (${first})`;
}
