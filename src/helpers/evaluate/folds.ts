import { checkExamples, pick, type Examples } from "../data";
import { random } from "../random";

/** One round of a cross-validation: what is trained on, and what it is then measured on. */
export interface Fold {
  /** The examples held out, by index. */
  indices: number[];
  train: Examples;
  heldOut: Examples;
}

/** Deals the examples into folds of the same size, each class in its proportion (stratified).
 * @param options.folds How many, from 2 to the number of examples.
 * @returns The indices in each fold; each example is in one of them.
 * @throws RangeError where the number of folds can't be had, or a class has a single example: whoever is
 *   measured on that one has never seen its like. */
export function dealFolds(examples: Examples, { folds, seed }: { folds: number; seed: number }): number[][] {
  checkExamples(examples);
  const { count, classes, labels } = examples;
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= count))
    throw new RangeError(
      `Cannot cross-validate in ${folds} folds: it takes a whole number from 2 to the number of examples, ${count}.`,
    );
  const members: number[][] = classes.map(() => []);
  labels.forEach((label, index) => members[label].push(index));
  const alone = members.findIndex(({ length }) => length === 1);
  if (alone >= 0)
    throw new RangeError(
      `Cannot cross-validate: "${classes[alone]}" has a single example, and two are needed, one to train on and one to be measured on.`,
    );
  const chance = random(seed);
  // Class after class goes round the table, each from where the last one stopped: so all folds get as many.
  const order = members.flatMap((indices, label) => chance.fork(`class ${label}`).shuffle(indices));
  const dealt = Array.from({ length: folds }, () => [] as number[]);
  order.forEach((index, i) => dealt[i % folds].push(index));
  return dealt.map((indices) => indices.sort((a, b) => a - b));
}

/** The examples of a fold, and all others to train on. Copies. */
export function foldOf(examples: Examples, indices: number[]): Fold {
  const held = new Set(indices);
  const others = Array.from({ length: examples.count }, (_, i) => i).filter((i) => !held.has(i));
  return { indices, train: pick(examples, others), heldOut: pick(examples, indices) };
}
