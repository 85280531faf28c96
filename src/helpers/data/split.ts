import { random } from "../random";
import { checkExamples } from "./check-examples";
import { pick, type Examples } from "./examples";
import { indicesByClass } from "./sample";

export interface SplitOptions {
  /** The part to hold out: below 1 a fraction of the examples, from 1 their number. */
  heldOut: number;
  seed: number;
}

/** Sets some examples apart, each class in its proportion (stratified).
 * @returns Two copies, each in the order of the original; together they are the original.
 * @throws RangeError where one of the two parts would be empty.
 * @example const { train, heldOut } = split(few, { heldOut: 0.2, seed: 1 }); */
export function split(
  examples: Examples,
  { heldOut, seed }: SplitOptions,
): { train: Examples; heldOut: Examples } {
  checkExamples(examples);
  const { count } = examples;
  if (!(heldOut > 0 && (heldOut < 1 || Number.isInteger(heldOut))))
    throw new RangeError(
      `Cannot hold out ${heldOut}: give a fraction between 0 and 1, or a whole number of examples.`,
    );
  const wanted = heldOut < 1 ? Math.max(1, Math.round(heldOut * count)) : heldOut;
  if (wanted >= count)
    throw new RangeError(
      `Cannot hold out ${wanted} of ${count} examples: at least one must be left to train on.`,
    );
  const chance = random(seed);
  const held = new Uint8Array(count);
  const members = indicesByClass(examples);
  const shares = share(
    wanted,
    members.map((indices) => indices.length),
    chance.fork("remainder").shuffle(members.map((_, label) => label)),
  );
  members.forEach((indices, label) => {
    for (const index of chance.fork(`class ${label}`).shuffle(indices).slice(0, shares[label]))
      held[index] = 1;
  });
  const indices = Array.from(held.keys());
  return {
    train: pick(
      examples,
      indices.filter((i) => !held[i]),
    ),
    heldOut: pick(
      examples,
      indices.filter((i) => held[i]),
    ),
  };
}

/** Deals a number out in proportion to sizes: the whole parts first, then the largest remainders.
 * @param order Who comes first among equal remainders. */
function share(wanted: number, sizes: number[], order: number[]): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const quotas = sizes.map((size) => (wanted * size) / total);
  const shares = quotas.map(Math.floor);
  const left = wanted - shares.reduce((sum, part) => sum + part, 0);
  const remainder = (i: number): number => quotas[i] - shares[i];
  for (const i of [...order].sort((a, b) => remainder(b) - remainder(a)).slice(0, left)) shares[i]++;
  return shares;
}
