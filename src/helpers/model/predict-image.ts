import {
  checkPhotoOptions,
  decodePhoto,
  type Examples,
  type InputSpec,
  type PhotoOptions,
  pictureBytes,
  type PictureBytesOptions,
  type PictureSource,
} from "../data";
import type { tf } from "../engine";
import { cardOf } from "./card";
import { confidences } from "./confidence";
import { predictLogits } from "./predict";

export interface PredictOptions extends PhotoOptions, PictureBytesOptions {
  /** How many classes are given, the most likely first; 5. */
  top?: number;
}

/** What a model sees in a picture. Plain values. */
export interface Prediction {
  /** The most likely first; over all classes of the model, confidences sum to 1. */
  classes: { name: string; confidence: number }[];
  /** Whether somebody calibrated the model: only then of all that it is 80 % sure of, 80 % are right. */
  calibrated: boolean;
  /** What the network saw: `[height, width, channels]`, 0…255. */
  pixels: Uint8Array;
  input: InputSpec;
}

/** Names what is in a picture.
 * @param model Borrowed; its card says what it takes and what its classes are called.
 * @param picture A path, an address (http, https, file) or the bytes of a JPEG, PNG, GIF, BMP or WebP file.
 * @param options How the picture is fitted, as when the model was trained: `"crop"`, its middle, if not given.
 * @throws Error where the model has no card or takes no images; where the picture can't be had, is too large, or
 *   is none. RangeError for impossible options.
 * @example
 * const { classes } = await predict(target, "cat.jpg");
 * console.log(classes[0].name, classes[0].confidence); // cat 0.93 */
export async function predict(
  model: tf.LayersModel,
  picture: PictureSource,
  { top = 5, fit, background, ...options }: PredictOptions = {},
): Promise<Prediction> {
  const { name, classes, input, temperature } = cardOf(model);
  if (!(Number.isInteger(top) && top >= 1))
    throw new RangeError(`Cannot predict: top is a whole number from 1. Received: ${top}.`);
  if (input.type !== "image")
    throw new Error(`Cannot predict from a picture: "${name}" takes ${input.type}.`);
  checkPhotoOptions({ fit, background });
  const { name: file, bytes } = await pictureBytes(picture, options);
  const pixels = await decodePhoto(bytes, input, { fit, background }).catch((error: Error) => {
    throw new Error(`Cannot predict from ${file}: ${error.message}.`, { cause: error });
  });
  const one: Examples = {
    images: inRange(pixels, input),
    labels: new Int32Array(1),
    count: 1,
    classes,
    input,
  };
  const shares = confidences(await predictLogits(model, one), classes.length, temperature);
  const ranked = classes.map((name, c) => ({ name, confidence: shares[c] }));
  ranked.sort((a, b) => b.confidence - a.confidence);
  return {
    classes: ranked.slice(0, top),
    calibrated: temperature !== undefined,
    pixels: new Uint8Array(pixels),
    input,
  };
}

/** Bytes, mapped to the values that a model takes. */
function inRange(pixels: Uint8Array, { range: [low, high] }: InputSpec): Uint8Array | Float32Array {
  if (low === 0 && high === 255) return pixels;
  return Float32Array.from(pixels, (byte) => low + ((high - low) * byte) / 255);
}
