import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkExamples,
  sample,
  selectClasses,
  split,
  type Dataset,
  type Examples,
} from "../../../src/helpers/data";

/** Examples of one pixel each, whose value is their index. */
function numbered(labels: number[], classes = ["a", "b", "c"]): Examples {
  return {
    images: Uint8Array.from(labels.keys()),
    labels: Int32Array.from(labels),
    count: labels.length,
    classes,
    input: { type: "image", height: 1, width: 1, channels: 1, range: [0, 255] },
  };
}

const cyclic = (count: number): Examples => numbered(Array.from({ length: count }, (_, i) => i % 3));
const tally = ({ labels, classes }: Examples): number[] =>
  classes.map((_, label) => labels.filter((l) => l === label).length);
const ids = (examples: Examples): number[] => [...examples.images];

test("sample: balanced, without repetition, labels still theirs", () => {
  const few = sample(cyclic(60), { perClass: 5, seed: 1 });
  assert.deepEqual(tally(few), [5, 5, 5]);
  assert.equal(new Set(ids(few)).size, 15);
  ids(few).forEach((id, i) => assert.equal(few.labels[i], id % 3));
  assert.equal(few.count, 15);
});

test("sample: the remainder is spread, by chance", () => {
  const extras = Array.from({ length: 30 }, (_, seed) => tally(sample(cyclic(60), { size: 10, seed })));
  for (const counts of extras) assert.deepEqual([...counts].sort(), [3, 3, 4]);
  assert.equal(new Set(extras.map(String)).size, 3, "each class gets the remainder for some seed");
  assert.equal(sample(cyclic(60), { size: 2, seed: 1 }).count, 2);
});

test("sample: the same seed draws the same, another seed draws others, sizes are nested", () => {
  const of = (size: number, seed: number): number[] => ids(sample(cyclic(200), { size, seed }));
  assert.deepEqual(of(50, 4), of(50, 4));
  assert.notDeepEqual(of(50, 4), of(50, 5));
  for (const size of [1, 10, 20, 49]) assert.deepEqual(of(size, 4), of(50, 4).slice(0, size));
  assert.deepEqual(ids(sample(cyclic(200), { perClass: 4, seed: 4 })), of(12, 4));
});

test("sample: every example is as likely as any other", () => {
  const hits = new Array<number>(12).fill(0);
  for (let seed = 0; seed < 3000; seed++)
    for (const id of ids(sample(cyclic(12), { perClass: 1, seed }))) hits[id]++;
  // Each is drawn with probability 1/4: 750 times, with a standard deviation of 24.
  for (const [id, count] of hits.entries()) assert.ok(Math.abs(count - 750) < 110, `${id}: ${count}`);
});

test("sample: what can't be done is refused", () => {
  const three = numbered([0, 0, 0, 1, 1, 2]);
  assert.throws(
    () => sample(three, { perClass: 2, seed: 1 }),
    /Cannot sample 2 per class: "c" has 1.*needs 2/,
  );
  assert.throws(() => sample(three, { size: 6, seed: 1 }), /Cannot sample 6: "c" has 1/);
  assert.throws(() => sample(numbered([0, 1]), { perClass: 1, seed: 1 }), /"c" has 0/);
  assert.throws(
    () => sample(three, { seed: 1 }),
    /give either perClass or size. Received: perClass undefined/,
  );
  assert.throws(() => sample(three, { perClass: 1, size: 3, seed: 1 }), /either perClass or size/);
  for (const bad of [0, -1, 1.5, NaN]) {
    assert.throws(() => sample(three, { perClass: bad, seed: 1 }), /whole number from 1/);
    assert.throws(() => sample(three, { size: bad, seed: 1 }), /whole number from 1/);
  }
  assert.throws(() => sample(three, { size: 1, seed: NaN }), /seed is a whole number. Received: NaN/);
});

test("split: each class in its proportion, both parts in order, nothing lost", () => {
  const all = numbered(Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : i < 80 ? 1 : 2)));
  const { train, heldOut } = split(all, { heldOut: 0.2, seed: 1 });
  assert.deepEqual(tally(heldOut), [10, 6, 4]);
  assert.deepEqual(tally(train), [40, 24, 16]);
  assert.deepEqual(
    [...ids(train), ...ids(heldOut)].sort((a, b) => a - b),
    ids(all),
  );
  for (const part of [train, heldOut])
    assert.deepEqual(
      ids(part),
      [...ids(part)].sort((a, b) => a - b),
    );
  assert.deepEqual(ids(split(all, { heldOut: 20, seed: 1 }).heldOut), ids(heldOut));
  assert.notDeepEqual(ids(split(all, { heldOut: 0.2, seed: 2 }).heldOut), ids(heldOut));
});

test("split: a number that doesn't divide goes to the largest remainders", () => {
  const all = numbered([
    ...new Array<number>(50).fill(0),
    ...new Array<number>(30).fill(1),
    ...new Array<number>(20).fill(2),
  ]);
  assert.deepEqual(tally(split(all, { heldOut: 7, seed: 1 }).heldOut), [4, 2, 1]); // 3.5, 2.1, 1.4
  const ties = Array.from({ length: 30 }, (_, seed) =>
    tally(split(cyclic(30), { heldOut: 4, seed }).heldOut),
  );
  for (const counts of ties) assert.deepEqual([...counts].sort(), [1, 1, 2]);
  assert.equal(new Set(ties.map(String)).size, 3, "chance decides between equal remainders");
});

test("split: empty parts are refused", () => {
  assert.equal(split(cyclic(3), { heldOut: 0.1, seed: 1 }).heldOut.count, 1);
  assert.throws(() => split(cyclic(1), { heldOut: 0.5, seed: 1 }), /Cannot hold out 1 of 1/);
  assert.throws(() => split(cyclic(9), { heldOut: 9, seed: 1 }), /Cannot hold out 9 of 9/);
  for (const bad of [0, -0.2, 1.5, NaN])
    assert.throws(() => split(cyclic(9), { heldOut: bad, seed: 1 }), /give a fraction between 0 and 1/);
});

test("selectClasses: relabels in the order given, in both parts", () => {
  const part = numbered([0, 1, 2, 2, 0]);
  const set: Dataset = {
    name: "letters",
    classes: part.classes,
    input: part.input,
    train: part,
    test: numbered([1, 2]),
  };
  const chosen = selectClasses(set, ["c", "a"]);
  assert.equal(chosen.name, "letters (c, a)");
  assert.deepEqual(chosen.classes, ["c", "a"]);
  assert.deepEqual([...chosen.train.labels], [1, 0, 0, 1]);
  assert.deepEqual(ids(chosen.train), [0, 2, 3, 4]);
  assert.deepEqual([...chosen.test.labels], [0]);
  checkExamples(chosen.train, { everyClass: true });
  assert.deepEqual([...set.train.labels], [0, 1, 2, 2, 0], "the set itself stays as it was");
  assert.throws(
    () => selectClasses(set, ["a", "d"]),
    /Cannot select "d" of letters: its classes are "a", "b", "c"/,
  );
  assert.throws(() => selectClasses(set, ["a", "a"]), /Cannot select a class twice/);
  assert.throws(() => selectClasses(set, []), /Cannot select no classes of letters/);
});

test("checkExamples: contradictions are refused", () => {
  const good = numbered([0, 1, 2]);
  checkExamples(good, { everyClass: true });
  checkExamples({ ...good, images: Float32Array.of(0, 0.5, 1), input: { ...good.input, range: [0, 1] } });
  const refuse = (change: object, why: RegExp): void =>
    assert.throws(() => checkExamples({ ...good, ...change } as Examples), why);
  refuse(
    { labels: Int32Array.of(0, 1, 3) },
    /Cannot use label 3 of example 2: there are 3 classes, so labels are 0 to 2/,
  );
  refuse({ labels: Int32Array.of(0, -1, 2) }, /Cannot use label -1 of example 1/);
  refuse({ labels: Int32Array.of(0, 1) }, /3 of 1 values need 3 labels and 3 values. Received: 2 labels/);
  refuse({ images: new Uint8Array(4) }, /Received: 3 labels and 4 values/);
  refuse({ labels: [0, 1, 2] }, /labels are an Int32Array. Received: Array/);
  refuse({ images: [1, 2, 3] }, /images are a Uint8Array or a Float32Array. Received: Array/);
  refuse({ classes: [] }, /at least one/);
  refuse({ classes: ["a", "b", "a"] }, /the class "a" is there twice/);
  refuse({ images: Float32Array.of(0, NaN, 1) }, /a pixel is NaN, and their value range is 0…255/);
  refuse({ images: Float32Array.of(0, 256, 1) }, /a pixel is 256/);
  refuse({ input: { ...good.input, range: [0, 0] } }, /value range \[0,0\]/);
  refuse({ input: { ...good.input, height: 0 } }, /inputs of 0×1×1/);
  refuse({ input: { ...good.input, type: "video" } }, /type "video"/);
  assert.throws(() => checkExamples(undefined as unknown as Examples), /Received: undefined/);
  assert.throws(() => checkExamples(numbered([0, 0, 2]), { everyClass: true }), /there is none of "b"/);
  checkExamples(numbered([0, 0, 2])); // a small sample may lack a class
});
