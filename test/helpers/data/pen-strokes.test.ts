/** Strokes become what MNIST's digits are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawPenStrokes, PEN_PICTURE } from "../../../src/helpers/data";

const point = (x: number, y: number, radius = 0.06) => ({ x, y, radius });
const L = [[point(0.2, 0), point(0.2, 1), point(0.7, 1)]];

/** Bounds of the ink, and its centre of mass. */
function measure(image: Uint8Array): { wide: number; high: number; x: number; y: number } {
  const inked = [...image.keys()].filter((p) => image[p] > 0);
  const mass = image.reduce((sum, value) => sum + value, 0);
  const mean = (of: (p: number) => number): number =>
    inked.reduce((sum, p) => sum + of(p) * image[p], 0) / mass;
  const [xs, ys] = [inked.map((p) => p % 28), inked.map((p) => Math.floor(p / 28))];
  const extent = (values: number[]): number => Math.max(...values) - Math.min(...values) + 1;
  return { wide: extent(xs), high: extent(ys), x: mean((p) => p % 28), y: mean((p) => Math.floor(p / 28)) };
}

test("the longer side takes 20 of 28 pixels, and the centre of mass is at the centre", () => {
  const image = drawPenStrokes(L);
  assert.equal(image.length, PEN_PICTURE.height * PEN_PICTURE.width);
  const { wide, high, x, y } = measure(image);
  assert.ok(high >= 20 && high <= 22 && wide >= 11 && wide <= 14, `${wide}×${high}`);
  assert.ok(Math.abs(x - 13.5) <= 0.6 && Math.abs(y - 13.5) <= 0.6, `${x}, ${y}`);
});

test("where and how large it was drawn makes no difference, nor what was drawn before", () => {
  const moved = L.map((stroke) =>
    stroke.map(({ x, y, radius }) => point(300 * x - 40, 300 * y + 7, 300 * radius)),
  );
  const [a, b] = [drawPenStrokes(L), drawPenStrokes(moved)];
  assert.ok(a.every((value, i) => Math.abs(value - b[i]) <= 1));
  assert.deepEqual(drawPenStrokes(L), a);
});

test("a single place is a dot, and nothing is black", () => {
  assert.ok(drawPenStrokes([[point(0.5, 0.5)]])[14 * 28 + 14] === 255);
  for (const nothing of [[], [[]]]) assert.ok(drawPenStrokes(nothing).every((value) => value === 0));
});
