import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlacedFile } from "../../../src/helpers/data/class-layout";
import { decodePhotos, sizeText } from "../../../src/helpers/data/decode-photos";
import type { InputSpec } from "../../../src/helpers/data/examples";
import type { FileSource } from "../../../src/helpers/data/file-source";
import { heldOut } from "../../../src/helpers/data/held-out";
import { arrangeRows, roundTheClasses } from "../../../src/helpers/data/rows";
import { random } from "../../../src/helpers/random";
import { setReporter } from "../../../src/helpers/report";
import { hills, jpeg } from "./make-pictures";

const input: InputSpec = { type: "image", height: 8, width: 8, channels: 3, range: [0, 255] };

test("no more files are in memory than are being decoded, and results don't depend on who is done first", async () => {
  const [small, large] = [await jpeg(hills(8, 8)), await jpeg(hills(900, 900))];
  const files: PlacedFile[] = Array.from({ length: 40 }, (_, i) => ({
    entry: 39 - i,
    path: `${i}.jpg`,
    label: 0,
  }));
  let taken = 0;
  let most = 0;
  let done = 0;
  const source: FileSource = {
    entries: [],
    async *contents(wanted) {
      for (const index of [...wanted].sort((a, b) => a - b)) {
        taken++;
        most = Math.max(most, taken - done);
        if (index === 7) yield { index, problem: "it is broken" };
        else yield { index, bytes: index % 5 === 0 ? large : small };
      }
    },
    close: () => {},
  };
  setReporter({ line: () => {}, progress: (progress) => (done = progress.done) });
  const { images, good, bad } = await decodePhotos(source, files, input, { task: "Reading" });
  setReporter();
  assert.ok(most <= 5, `${most} at once`);
  assert.deepEqual(bad, [{ path: "32.jpg", reason: "it is broken" }]);
  const row = (slot: number): Uint8Array => images.subarray(slot * 192, (slot + 1) * 192);
  for (const [slot, { entry }] of files.entries()) {
    assert.equal(good[slot], entry !== 7);
    if (entry !== 7) assert.deepEqual(row(slot), row(entry % 5 === 0 ? 39 : 38), `${slot}`);
  }
});

test("more than fits into memory is refused with what to do", async () => {
  const files = Array.from({ length: 200_000 }, (_, entry): PlacedFile => ({ entry, path: "", label: 0 }));
  const source = { entries: [], close: () => {} } as unknown as FileSource;
  const huge = { ...input, height: 4096, width: 4096 };
  await assert.rejects(
    decodePhotos(source, files, huge, { task: "Reading" }),
    /Cannot hold 200,000 pictures: at this size they are 10,066.3 GB. Choose a smaller size, or fewer pictures/,
  );
  assert.deepEqual([1.505e9, 6.02e9, 45e9, 3.1e6].map(sizeText), ["1.5 GB", "6 GB", "45 GB", "4 MB"]);
});

test("items go round the classes, each class in its order", () => {
  const labels = [1, 1, 0, 1, 2, 0];
  assert.deepEqual(
    roundTheClasses([0, 1, 2, 3, 4, 5], (item) => labels[item]),
    [2, 0, 4, 5, 1, 3],
  );
  assert.deepEqual(
    roundTheClasses([3, 5], (item) => labels[item]),
    [5, 3],
  );
});

test("rows are put into any order in place", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const chance = random(seed);
    const rows = 1 + chance.int(12);
    const length = 1 + chance.int(4);
    const order = chance.shuffle(Array.from({ length: rows }, (_, i) => i)).slice(0, chance.int(rows + 1));
    const array = Uint8Array.from({ length: rows * length }, (_, i) => i);
    const expected = order.flatMap((row) => Array.from({ length }, (_, i) => row * length + i));
    arrangeRows(array, length, order);
    assert.deepEqual([...array.subarray(0, expected.length)], expected, `seed ${seed}`);
    assert.equal(new Set(array).size, array.length, "no row is lost");
  }
});

test("held out: the share of each class, at least one, never all", () => {
  const labels = [...new Array<number>(50).fill(0), 1, 1, ...new Array<number>(7).fill(2)];
  const classes = ["a", "b", "c"];
  const count = (share: number, seed = 1): number[] => {
    const held = heldOut(labels, classes, { share, seed });
    return classes.map((_, label) => held.filter((is, i) => is && labels[i] === label).length);
  };
  assert.deepEqual(count(0.2), [10, 1, 1]);
  assert.deepEqual(count(0.9), [45, 1, 6]);
  assert.deepEqual(count(0.001), [1, 1, 1]);
  assert.deepEqual(
    heldOut(labels, classes, { share: 0.2, seed: 1 }),
    heldOut(labels, classes, { share: 0.2, seed: 1 }),
  );
  assert.notDeepEqual(
    heldOut(labels, classes, { share: 0.2, seed: 1 }),
    heldOut(labels, classes, { share: 0.2, seed: 2 }),
  );
  assert.throws(
    () => heldOut([0, 0, 1], ["a", "b"], { share: 0.2, seed: 1 }),
    /of "b": it has 1, and needs one/,
  );
});
