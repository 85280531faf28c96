/** What every data set is made of. Typed arrays and plain values: nothing here needs disposing. */

/** A network transfers only to data of the type it was trained on. */
export type InputType = "image" | "audio" | "text";

/** What one example looks like, and what a model expects one to look like. */
export interface InputSpec {
  type: InputType;
  height: number; // px
  width: number; // px
  channels: number; // 1 = grey, 3 = red, green, blue
  /** The values a pixel can take, lowest and highest: `[0, 255]` or `[0, 1]`. */
  range: [number, number];
}

/** Labelled examples. */
export interface Examples {
  /** `[count, height, width, channels]`, row-major; bytes where the range is 0…255. */
  images: Uint8Array | Float32Array;
  /** `[count]`, each an index into `classes`. */
  labels: Int32Array;
  count: number;
  classes: string[];
  input: InputSpec;
}

/** A data set with the part to train on and the part to be tested on. */
export interface Dataset {
  name: string;
  classes: string[];
  input: InputSpec;
  train: Examples;
  test: Examples;
}

/** The number of values in one image. */
export function imageLength({ height, width, channels }: InputSpec): number {
  return height * width * channels;
}

/** The pixels of example `index`, a view of `[height, width, channels]`; not a copy. */
export function imageAt(examples: Examples, index: number): Uint8Array | Float32Array {
  const length = imageLength(examples.input);
  return examples.images.subarray(index * length, (index + 1) * length);
}

/** The examples at these indices, in this order, as a copy.
 * @throws RangeError where an index is outside the set. */
export function pick(examples: Examples, indices: ArrayLike<number>): Examples {
  const length = imageLength(examples.input);
  const count = indices.length;
  const images =
    examples.images instanceof Uint8Array ? new Uint8Array(count * length) : new Float32Array(count * length);
  const labels = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const index = indices[i];
    if (!(index >= 0 && index < examples.count))
      throw new RangeError(`Cannot pick example ${index}: the set has examples 0 to ${examples.count - 1}.`);
    images.set(imageAt(examples, index), i * length);
    labels[i] = examples.labels[index];
  }
  return { ...examples, images, labels, count };
}
