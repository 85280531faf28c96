import { imageLength, type Examples, type InputSpec } from "./examples";

/** Refuses examples that contradict themselves, so that mistakes show where the data come in.
 * @param options.everyClass Whether each class must have an example, as in a whole data set; a sample may
 *   lack some.
 * @throws TypeError where a field is missing or of the wrong kind.
 * @throws RangeError where lengths disagree, a label is outside the classes, a pixel is not a number or
 *   outside the value range, two classes share a name or a class that must not be empty is.
 * @example checkExamples(mine, { everyClass: true }); */
export function checkExamples(examples: Examples, { everyClass = false } = {}): void {
  const { images, labels, count, classes, input } = examples ?? {};
  if (!(images instanceof Uint8Array || images instanceof Float32Array))
    throw new TypeError(
      `Cannot use these examples: images are a Uint8Array or a Float32Array. Received: ${kindOf(images)}.`,
    );
  if (!(labels instanceof Int32Array))
    throw new TypeError(`Cannot use these examples: labels are an Int32Array. Received: ${kindOf(labels)}.`);
  if (!Array.isArray(classes) || classes.length === 0 || classes.some((name) => typeof name !== "string"))
    throw new TypeError("Cannot use these examples: classes are a list of names, at least one.");
  const twice = classes.find((name, i) => classes.indexOf(name) !== i);
  if (twice !== undefined)
    throw new RangeError(`Cannot use these examples: the class "${twice}" is there twice.`);
  checkInputSpec(input);
  if (labels.length !== count || images.length !== count * imageLength(input))
    throw new RangeError(
      `Cannot use these examples: ${count} of ${imageLength(input)} values need ${count} labels and ${count * imageLength(input)} values. Received: ${labels.length} labels and ${images.length} values.`,
    );
  checkLabels(labels, classes, { everyClass });
  checkValues(images, input);
}

/** Refuses labels that are not indices into the classes, and, where asked, a class without examples. */
export function checkLabels(labels: ArrayLike<number>, classes: string[], { everyClass = false } = {}): void {
  const counts = new Array<number>(classes.length).fill(0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!(label >= 0 && label < classes.length))
      throw new RangeError(
        `Cannot use label ${label} of example ${i}: there are ${classes.length} classes, so labels are 0 to ${classes.length - 1}.`,
      );
    counts[label]++;
  }
  const empty = classes.filter((_, label) => counts[label] === 0);
  if (everyClass && empty.length > 0)
    throw new RangeError(`Cannot use these examples: there is none of ${quote(empty)}.`);
}

/** Refuses a description of an input that no image can have. */
export function checkInputSpec(input: InputSpec): void {
  const { type, height, width, channels, range } = input ?? {};
  if (!["image", "audio", "text"].includes(type))
    throw new TypeError(`Cannot use an input of type "${type}": a type is "image", "audio" or "text".`);
  if (![height, width, channels].every((side) => Number.isInteger(side) && side > 0))
    throw new RangeError(
      `Cannot use inputs of ${height}×${width}×${channels}: height, width and channels are whole numbers from 1.`,
    );
  if (!(Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] < range[1]))
    throw new RangeError(
      `Cannot use the value range ${JSON.stringify(range)}: it is the lowest and the highest value, such as [0, 255].`,
    );
}

function checkValues(images: Uint8Array | Float32Array, { range }: InputSpec): void {
  const [low, high] = range;
  if (images instanceof Uint8Array && low <= 0 && high >= 255) return; // no byte is outside
  for (let i = 0; i < images.length; i++)
    if (!(images[i] >= low && images[i] <= high))
      throw new RangeError(
        `Cannot use these examples: a pixel is ${images[i]}, and their value range is ${low}…${high}.`,
      );
}

/** `["cat", "dog"]` → `"cat", "dog"`. */
export function quote(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function kindOf(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  return Object.prototype.toString.call(value).slice(8, -1);
}
