import { random } from "../random";
import { checkExamples } from "./check-examples";
import { pick, type Examples } from "./examples";

export interface SampleOptions {
  /** How many of each class. Give this or `size`. */
  perClass?: number;
  /** How many in all, as evenly over the classes as can be: which ones get the remainder is chance. */
  size?: number;
  /** The same seed draws the same examples, and a smaller sample is the beginning of a larger one. */
  seed: number;
}

/** A small, balanced sample, drawn without replacement.
 *
 * Samples of one seed are nested: the first 10 of 50 are the sample of 10. So a curve over sizes compares
 * more data with less, not one draw with another.
 * @returns A copy; the order goes round the classes.
 * @throws RangeError where both or neither of `perClass` and `size` are given, or a class has too few.
 * @example const few = sample(digits.train, { perClass: 5, seed: 1 }); // 50 labelled digits */
export function sample(examples: Examples, { perClass, size, seed }: SampleOptions): Examples {
  checkExamples(examples);
  const { classes } = examples;
  if ((perClass === undefined) === (size === undefined))
    throw new RangeError(
      `Cannot sample: give either perClass or size. Received: perClass ${perClass}, size ${size}.`,
    );
  const wanted = perClass === undefined ? size! : perClass * classes.length;
  if (!(Number.isInteger(wanted) && wanted > 0 && Number.isInteger(perClass ?? 1)))
    throw new RangeError(
      `Cannot sample ${perClass === undefined ? `${size} examples` : `${perClass} per class`}: it takes a whole number from 1.`,
    );
  const chance = random(seed);
  const members = indicesByClass(examples).map((indices, label) =>
    chance.fork(`class ${label}`).shuffle(indices),
  );
  const order = chance.fork("order");
  const chosen: number[] = [];
  for (let round = 0; chosen.length < wanted; round++)
    for (const label of order.shuffle(classes.map((_, i) => i)).slice(0, wanted - chosen.length)) {
      if (round >= members[label].length)
        throw new RangeError(
          `Cannot sample ${perClass === undefined ? wanted : `${perClass} per class`}: "${classes[label]}" has ${members[label].length}, and a balanced sample needs ${round + 1} of it.`,
        );
      chosen.push(members[label][round]);
    }
  return pick(examples, chosen);
}

/** The indices of the examples of each class, in their order. */
export function indicesByClass({ labels, classes }: Examples): number[][] {
  const members: number[][] = classes.map(() => []);
  labels.forEach((label, index) => members[label].push(index));
  return members;
}
