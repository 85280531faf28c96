import { random } from "../random";
import type { Dataset } from "./examples";
import { makeSet, type MakeOptions } from "./made-set";
import { drawInk, sizePx } from "./pen-digits/ink";
import { trace } from "./pen-digits/trace";
import { makeWriter, type Writer } from "./pen-digits/writer";

/** Handwritten digits, with who wrote them. */
export interface PenDigits extends Dataset {
  /** `[count]` each: the writer of each image. No writer is in both parts. */
  writers: { train: Int32Array; test: Int32Array };
}

const trainWriters = 300; // numbers 0 to 299
const testWriters = 100; // numbers 300 to 399

/** Handwriting made from a seed, to stand in for MNIST: strokes of a pen, by 300 simulated writers for training
 * and 100 others for the test. Each writer has a hand: which form of a digit they use (a 7 with a bar or without,
 * a 4 open or closed, …), slant, proportions, pen, pressure, roundness, tremor; and no digit comes out the same
 * twice. Images are 28×28, white ink on black, scaled and centred as MNIST's are.
 * @param options.seed The same seed gives the same bytes on every machine; 1 if not given.
 * @param options.train,options.test How many images, 1 or more; 10,000 and 2,000 if not given. Image `i` does not
 *   depend on how many are asked for.
 * @returns Bytes, `[count, 28, 28, 1]`, classes "0" to "9", balanced.
 * @throws RangeError where a number of images is not 1 or more.
 * @example const { train, test, writers } = makePenDigits({ seed: 1, train: 1000, test: 500 }); */
export function makePenDigits(options: MakeOptions = {}): PenDigits {
  const { seed = 1, train = 10000, test = 2000 } = options;
  const hands = random(seed).fork("writers");
  const known = new Map<number, Writer>();
  const writerOf = (id: number): Writer => {
    const writer = known.get(id) ?? makeWriter(hands.fork(`writer ${id}`));
    known.set(id, writer);
    return writer;
  };
  const ids: number[][] = [[], []];
  const set = makeSet(
    {
      name: "pen-digits",
      classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
      input: { type: "image", height: sizePx, width: sizePx, channels: 1, range: [0, 255] },
      draw(label, chance, image, part) {
        const id = part === "train" ? chance.int(trainWriters) : trainWriters + chance.int(testWriters);
        ids[part === "train" ? 0 : 1].push(id);
        drawInk(trace(writerOf(id), label, chance), chance, image);
      },
    },
    { seed, train, test },
  );
  return { ...set, writers: { train: Int32Array.from(ids[0]), test: Int32Array.from(ids[1]) } };
}
