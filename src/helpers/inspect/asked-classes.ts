/** Which classes are asked for, by name or by index. */
import type { Examples } from "../data";
import type { tf } from "../engine";
import { readCard } from "../model";

/** One class for all images, or a list of one for each. */
export type AskedClasses = number | string | ArrayLike<number | string>;

/** How many classes an error names. */
const MOST_NAMED = 20;

/** The names of a model's classes: its card's, else those of the examples where they are as many. */
export function namesOf(model: tf.LayersModel, examples: Examples, units: number): string[] {
  const known = [readCard(model)?.classes, examples.classes].find((names) => names?.length === units);
  return known ?? Array.from({ length: units }, (_, unit) => `class ${unit}`);
}

/** An index for each image.
 * @throws RangeError where there aren't as many as images, or a class isn't known. */
export function wantedLabels(classes: AskedClasses, names: readonly string[], count: number): Int32Array {
  const asked: (number | string)[] =
    typeof classes === "object" ? Array.from(classes) : Array.from({ length: count }, () => classes);
  if (asked.length !== count)
    throw new RangeError(
      `Cannot tell what it looked at: it takes one class, or one for each of the ${count} images. Received: ${asked.length}.`,
    );
  return Int32Array.from(asked, (one) => {
    const label = typeof one === "string" ? names.indexOf(one) : one;
    if (Number.isInteger(label) && label >= 0 && label < names.length) return label;
    const named = names.slice(0, MOST_NAMED).join(", ") + (names.length > MOST_NAMED ? ", …" : "");
    throw new RangeError(
      `Cannot tell what speaks for ${JSON.stringify(one)}: the classes are 0 to ${names.length - 1}: ${named}.`,
    );
  });
}
