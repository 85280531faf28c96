import assert from "node:assert/strict";
import { test } from "node:test";
import { findCrossover } from "../../../src/helpers/evaluate/crossover";

const between: [string, string] = ["option-1", "option-2"];
const rows = (differences: number[][]) =>
  differences.map((row, i) => ({
    size: 10 * 10 ** i,
    first: row.map(() => 0.5),
    second: row.map((d) => 0.5 + d),
  }));

test("it lies between the two sizes, on the log scale, and its interval holds it", () => {
  const { size, low, high } = findCrossover(
    between,
    rows([
      [-0.1, -0.12, -0.08],
      [0.1, 0.09, 0.11],
      [0.2, 0.2, 0.2],
    ]),
  );
  assert.ok(Math.abs(size! - 10 * Math.sqrt(10)) < 1e-6, `${size}`);
  assert.ok(low! <= size! && size! <= high! && low! > 20 && high! < 50);
});

test("the last crossing counts", () => {
  const { size } = findCrossover(between, rows([[-0.1], [0.1], [-0.1], [0.1]]));
  assert.ok(size! > 1000);
});

test("where there is none it says which is ahead", () => {
  assert.match(
    findCrossover(
      between,
      rows([
        [0.1, 0.1],
        [0.2, 0.1],
      ]),
    ).note,
    /option-2 is ahead of option-1 at every size/,
  );
  const never = findCrossover(
    between,
    rows([
      [-0.1, -0.1],
      [-0.2, -0.1],
    ]),
  );
  assert.equal(never.size, null);
  assert.match(never.note, /does not get ahead/);
});

test("an unsure crossing has a wide interval, one seed none, and the same seed the same", () => {
  const unsure = rows([
    [-0.3, 0.2, -0.1, 0.05],
    [0.2, -0.1, 0.1, 0],
    [0.3, 0.3, 0.2, 0.2],
  ]);
  const found = findCrossover(between, unsure);
  assert.ok(found.high! / found.low! > 3, `${found.low} to ${found.high}`);
  assert.deepEqual(found, findCrossover(between, unsure));
  const single = findCrossover(between, rows([[-0.1], [0.1]]));
  assert.equal(single.low, null);
  assert.match(single.note, /one seed/);
});
