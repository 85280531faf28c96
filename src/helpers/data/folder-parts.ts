/** Pictures in folders → examples to train on, to validate on and to test on. */
import { quote } from "./check-examples";
import { PARTS, type ClassLayout, type Part } from "./class-layout";
import type { DecodedPhotos } from "./decode-photos";
import { imageLength, type Examples, type InputSpec } from "./examples";
import { listSkipped } from "./folder-report";
import { heldOut } from "./held-out";
import { arrangeRows, roundTheClasses } from "./rows";

/** Which files make each part, in which order; indices into the files.
 * @param chance What decides where no folder does.
 * @throws Error where nothing is left of a class. */
export function slotsOf(
  name: string,
  { classes, files }: ClassLayout,
  { good, bad }: DecodedPhotos,
  chance: { share: number; seed: number },
): Record<Part, number[]> {
  const slots = [...files.keys()].filter((slot) => good[slot]);
  const labels = slots.map((slot) => files[slot].label);
  const left = new Set(
    slots.flatMap((slot) => ((files[slot].part ?? "train") === "train" ? [files[slot].label] : [])),
  );
  const empty = classes.filter((_, label) => !left.has(label));
  if (empty.length > 0)
    throw new Error(
      `Cannot make a data set of ${name}: no file to train on in ${quote(empty)} is a picture that can be read: ${listSkipped(bad, 5)}.`,
    );
  const held = files.some(({ part }) => part) ? [] : heldOut(labels, classes, chance);
  const partOf = (slot: number, i: number): Part => files[slot].part ?? (held[i] ? "test" : "train");
  const parts = slots.map(partOf);
  const slotsIn = (part: Part): number[] =>
    roundTheClasses(
      slots.filter((_, i) => parts[i] === part),
      (slot) => files[slot].label,
    );
  return { train: slotsIn("train"), validation: slotsIn("validation"), test: slotsIn("test") };
}

/** Moves the parts together, in place; each is a view. */
export function partsOf(
  { classes, files }: ClassLayout,
  images: Uint8Array,
  slots: Record<Part, number[]>,
  input: InputSpec,
): Record<Part, Examples> {
  const length = imageLength(input);
  arrangeRows(
    images,
    length,
    PARTS.flatMap((part) => slots[part]),
  );
  let start = 0;
  const examples = (part: Part): Examples => {
    const labels = Int32Array.from(slots[part], (slot) => files[slot].label);
    const end = start + labels.length;
    const view = images.subarray(start * length, end * length);
    start = end;
    return { images: view, labels, count: labels.length, classes: [...classes], input };
  };
  return { train: examples("train"), validation: examples("validation"), test: examples("test") };
}
