import { tf } from "../engine";
import { nextTurn } from "../next-turn";
import { imageLength, type InputSpec } from "./examples";

/** A picture file and what to call it in an error. */
export interface PictureFile {
  path: string;
  bytes: Uint8Array;
}

export interface DecodeOptions {
  /** Called now and then with the number of pictures decoded so far. */
  progress?: (done: number) => void;
  signal?: AbortSignal;
}

const CHUNK = 250; // pictures between two looks at the clock and at the signal

/** Decodes JPEG and PNG files that all have the size of `input`, in grey where it has one channel.
 *
 * JPEG decoders differ by up to 5 of 255 in what they make of one file, so this one's are pinned: the exact
 * integer cosine transform and smooth colour upsampling of libjpeg-turbo, which TensorFlow carries.
 * @returns `[count, height, width, channels]`, 0…255.
 * @throws Error that names the file, where one is damaged or of another size. */
export async function decodePictures(
  files: readonly PictureFile[],
  input: InputSpec,
  { progress, signal }: DecodeOptions = {},
): Promise<Uint8Array> {
  const length = imageLength(input);
  const images = new Uint8Array(files.length * length);
  for (let start = 0; start < files.length; start += CHUNK) {
    signal?.throwIfAborted();
    const chunk = files.slice(start, start + CHUNK);
    const stacked = tf.tidy(() => tf.stack(chunk.map((file) => decode(file, input))));
    images.set(await stacked.data(), start * length);
    stacked.dispose();
    progress?.(start + chunk.length);
    await nextTurn(); // a bar is drawn, an abort is heard
  }
  return images;
}

/** @returns `[height, width, channels]`; the caller's tidy owns it. */
function decode({ path, bytes }: PictureFile, { height, width, channels }: InputSpec): tf.Tensor3D {
  const isPng = bytes[0] === 0x89 && bytes[1] === 0x50;
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isPng && !isJpeg) throw new Error(`Cannot decode ${path}: it is neither a JPEG nor a PNG file.`);
  let picture: tf.Tensor3D;
  try {
    picture = isPng
      ? tf.node.decodePng(bytes, channels)
      : tf.node.decodeJpeg(bytes, channels as 1 | 3, 1, true, false, 1, "INTEGER_ACCURATE");
  } catch (error) {
    throw new Error(`Cannot decode ${path}: the file is damaged or cut off.`, { cause: error });
  }
  if (picture.shape[0] !== height || picture.shape[1] !== width)
    throw new Error(
      `Cannot use ${path}: pictures of this set are ${height}×${width}. Received: ${picture.shape[0]}×${picture.shape[1]}.`,
    );
  return picture;
}
