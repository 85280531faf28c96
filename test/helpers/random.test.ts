import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../../src/helpers/random";

test("the numbers are pinned: seeds mean the same for ever", () => {
  const stream = random(1);
  const first = [stream.uniform(), stream.uniform(), stream.int(1000), stream.normal()].map((v) =>
    Math.round(v * 1e6),
  );
  assert.deepEqual(first, [966667, 465072, 926000000, 70302]);
});

test("uniform numbers fill [0, 1) evenly, normal ones have mean 0 and spread 1", () => {
  const stream = random(7);
  const bins = new Array<number>(10).fill(0);
  for (let i = 0; i < 20_000; i++) bins[Math.floor(stream.uniform() * 10)]++;
  const chi2 = bins.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0);
  assert.ok(chi2 < 21.7, `chi² ${chi2}`); // 1 % point with 9 degrees of freedom
  let sum = 0,
    squares = 0;
  for (let i = 0; i < 20_000; i++) {
    const value = stream.normal();
    sum += value;
    squares += value * value;
  }
  assert.ok(Math.abs(sum / 20_000) < 0.02 && Math.abs(squares / 20_000 - 1) < 0.03);
});

test("neighbouring seeds and named forks are unrelated", () => {
  const heads = [random(1), random(2), random(1).fork("a"), random(1).fork("b")].map((stream) =>
    Array.from({ length: 2000 }, () => stream.uniform() - 0.5),
  );
  for (let i = 0; i < heads.length; i++)
    for (let j = 0; j < i; j++) {
      const correlation = heads[i].reduce((s, v, k) => s + v * heads[j][k], 0) / 2000 / (1 / 12);
      assert.ok(Math.abs(correlation) < 0.08, `${i} and ${j}: ${correlation}`);
    }
});

test("shuffling keeps every item and uses every order", () => {
  const orders = new Set<string>();
  const stream = random(3);
  for (let i = 0; i < 200; i++) orders.add(stream.shuffle([1, 2, 3]).join(""));
  assert.equal(orders.size, 6);
  assert.throws(() => random(1.5), /whole number. Received: 1.5/);
});
