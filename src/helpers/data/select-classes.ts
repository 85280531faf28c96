import { quote } from "./check-examples";
import { pick, type Dataset, type Examples } from "./examples";

/** The part of a data set with these classes, relabelled 0 … k−1 in the order given.
 * @throws RangeError where a class is unknown or named twice, or none is named.
 * @example const animals = selectClasses(photos, ["bird", "cat", "deer", "dog", "frog"]); */
export function selectClasses(set: Dataset, classes: string[]): Dataset {
  if (classes.length === 0)
    throw new RangeError(`Cannot select no classes of ${set.name}: its classes are ${quote(set.classes)}.`);
  const unknown = classes.filter((name) => !set.classes.includes(name));
  if (unknown.length > 0)
    throw new RangeError(
      `Cannot select ${quote(unknown)} of ${set.name}: its classes are ${quote(set.classes)}.`,
    );
  if (new Set(classes).size < classes.length)
    throw new RangeError(`Cannot select a class twice. Received: ${quote(classes)}.`);
  const part = (examples: Examples): Examples => {
    const renumbered = examples.classes.map((name) => classes.indexOf(name));
    const kept: number[] = [];
    examples.labels.forEach((label, index) => {
      if (renumbered[label] >= 0) kept.push(index);
    });
    const picked = pick(examples, kept);
    return { ...picked, labels: picked.labels.map((label) => renumbered[label]), classes: [...classes] };
  };
  return {
    name: `${set.name} (${classes.join(", ")})`,
    classes: [...classes],
    input: set.input,
    train: part(set.train),
    test: part(set.test),
  };
}
