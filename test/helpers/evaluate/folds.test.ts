import assert from "node:assert/strict";
import { test } from "node:test";
import type { Examples } from "../../../src/helpers/data";
import { dealFolds, foldOf } from "../../../src/helpers/evaluate/folds";
import { stripes } from "../tiny";

/** 23 stripes of unequal classes: 12, 7 and 4. */
function unequal(): Examples {
  const examples = stripes(23);
  return { ...examples, labels: Int32Array.from({ length: 23 }, (_, i) => (i < 12 ? 0 : i < 19 ? 1 : 2)) };
}

test("each example is held out once, the folds are of one size, each class in its proportion", () => {
  const examples = unequal();
  const dealt = dealFolds(examples, { folds: 4, seed: 3 });
  assert.deepEqual(
    dealt.flat().sort((a, b) => a - b),
    Array.from({ length: 23 }, (_, i) => i),
  );
  for (const indices of dealt) {
    assert.ok(indices.length === 5 || indices.length === 6);
    const counts = [0, 1, 2].map((label) => indices.filter((i) => examples.labels[i] === label).length);
    assert.equal(counts[0], 3);
    assert.ok((counts[1] === 1 || counts[1] === 2) && counts[2] === 1, `${counts}`);
  }
});

test("the seed decides who is in which fold", () => {
  const deal = (seed: number): number[][] => dealFolds(unequal(), { folds: 3, seed });
  assert.deepEqual(deal(1), deal(1));
  assert.notDeepEqual(deal(1), deal(2));
});

test("a fold holds its examples out of all others", () => {
  const examples = unequal();
  const { train, heldOut } = foldOf(examples, [1, 20]);
  assert.deepEqual([train.count, heldOut.count], [21, 2]);
  assert.deepEqual([...heldOut.labels], [0, 2]);
  const length = 16 * 16 * 3;
  assert.deepEqual(heldOut.images.subarray(length), examples.images.subarray(20 * length, 21 * length));
  assert.deepEqual(
    train.images.subarray(length, 2 * length),
    examples.images.subarray(2 * length, 3 * length),
  );
});

test("folds that can't be dealt are refused", () => {
  assert.throws(() => dealFolds(stripes(6), { folds: 1, seed: 1 }), /in 1 folds.*from 2 to.*6/);
  assert.throws(() => dealFolds(stripes(6), { folds: 7, seed: 1 }), /in 7 folds/);
  assert.throws(() => dealFolds(stripes(4), { folds: 2, seed: 1 }), /"upright" has a single example/);
});
