import { checkLabels } from "./check-examples";
import { imageLength, type InputSpec } from "./examples";

/** A data set as its files give it: everything in bytes, before it has a name for each label. */
export interface RawSet {
  train: RawPart;
  test: RawPart;
}

export interface RawPart {
  /** `[count, height, width, channels]`, 0…255. */
  images: Uint8Array;
  /** `[count]`. */
  labels: Uint8Array;
}

export interface RawSpec {
  input: InputSpec;
  classes: string[];
  counts: { train: number; test: number };
}

/** Refuses a set that isn't the one its source is known to hold.
 * @throws Error where a number of images, a label or a class is not as it must be. */
export function checkRawSet(raw: RawSet, { input, classes, counts }: RawSpec): void {
  for (const part of ["train", "test"] as const) {
    const { images, labels } = raw[part];
    const found = images.length / imageLength(input);
    if (found !== counts[part] || labels.length !== counts[part])
      throw new Error(
        `The ${part === "train" ? "training" : "test"} part has ${found} images and ${labels.length} labels instead of ${counts[part]}.`,
      );
    checkLabels(labels, classes, { everyClass: true });
  }
}
