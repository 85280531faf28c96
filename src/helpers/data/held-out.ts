import { random } from "../random";

/** Draws the part of each class that is held out: as near to the share as whole examples allow, but at least one
 * of them, and never all. (`split` keeps the share of the whole instead, and may leave a small class out.)
 * @param labels The class of each example.
 * @param share Above 0, below 1.
 * @returns Whether each example is held out.
 * @throws RangeError where a class has a single example, which can't be on both sides. */
export function heldOut(
  labels: readonly number[],
  classes: readonly string[],
  { share, seed }: { share: number; seed: number },
): boolean[] {
  const held = labels.map(() => false);
  classes.forEach((name, label) => {
    const members = [...labels.keys()].filter((i) => labels[i] === label);
    if (members.length < 2)
      throw new RangeError(
        `Cannot hold out test pictures of "${name}": it has ${members.length}, and needs one to train on and one to be tested on. Add pictures, or make train and test folders.`,
      );
    const count = Math.min(members.length - 1, Math.max(1, Math.round(share * members.length)));
    const drawn = random(seed).fork(`class ${name}`).shuffle(members).slice(0, count);
    for (const index of drawn) held[index] = true;
  });
  return held;
}
