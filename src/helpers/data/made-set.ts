/** What the two sets that are drawn here, `scenes` and `pen-digits`, have in common. */
import { random, type Random } from "../random";
import { imageLength, type Dataset, type Examples, type InputSpec } from "./examples";

export interface MakeOptions {
  /** Names the set: the same seed gives the same bytes on every machine. */
  seed?: number;
  /** How many examples to train on, 1 or more. */
  train?: number;
  /** How many examples to be tested on, 1 or more. */
  test?: number;
}

/** A kind of set: how one example of a class is drawn into its pixels. */
export interface Maker {
  name: string;
  classes: string[];
  input: InputSpec;
  /** @param chance This example's own stream of random numbers. */
  draw(label: number, chance: Random, image: Uint8Array, part: "train" | "test"): void;
}

/** Draws a whole set. Example `i` depends on the seed, its part and `i` alone, so a longer set starts with the
 * shorter one. */
export function makeSet(maker: Maker, { seed = 1, train = 10000, test = 2000 }: MakeOptions): Dataset {
  const { name, classes, input } = maker;
  const parts = { train: checkCount(name, "train", train), test: checkCount(name, "test", test) };
  const chance = random(seed);
  const make = (part: "train" | "test"): Examples => {
    const count = parts[part];
    const length = imageLength(input);
    const images = new Uint8Array(count * length);
    const labels = balancedLabels(count, classes.length, chance.fork(`${part} labels`));
    for (let i = 0; i < count; i++) {
      const image = images.subarray(i * length, (i + 1) * length);
      maker.draw(labels[i], chance.fork(`${part} ${i}`), image, part);
    }
    return { images, labels, count, classes, input };
  };
  return { name, classes, input, train: make("train"), test: make("test") };
}

function checkCount(name: string, part: string, count: number): number {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(
      `Cannot make ${name}: \`${part}\` is a whole number of images, 1 or more. Received: ${count}.`,
    );
  return count;
}

/** Labels in blocks, each of them all classes in a new order: balanced, however many are asked for. */
function balancedLabels(count: number, classes: number, chance: Random): Int32Array {
  const labels = new Int32Array(count);
  const block = Array.from({ length: classes }, (_, label) => label);
  for (let i = 0; i < count; i++) {
    if (i % classes === 0) chance.shuffle(block);
    labels[i] = block[i % classes];
  }
  return labels;
}
