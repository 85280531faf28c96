import assert from "node:assert/strict";
import { test } from "node:test";
import { gaborR2 } from "../../../src/helpers/inspect/gabor";
import { random } from "../../../src/helpers/random";
import { drawn, gabor, noise, type Shape } from "./planted-kernels";

const near = (actual: number, expected: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} instead of ${expected}`);

test("a Gabor function is explained wholly, wherever it is and however long, turned and shifted", () => {
  for (const angle of [0, 30, 63, 90, 135, 171])
    for (const phase of [0, 1, Math.PI / 2])
      for (const [side, frequency, along, centre] of [
        [5, 0.25, 1.5, [0, 0]],
        [7, 0.2, 4, [1, -0.5]],
        [9, 0.12, 2, [-1, 1.5]],
      ] as [number, number, number, [number, number]][]) {
        const kernel = drawn(gabor({ angle, frequency, phase, across: 1.7, along, centre }), side);
        const r2 = gaborR2(kernel, side, side);
        assert.ok(r2 > 0.999, `${side} px, ${angle}°, phase ${phase}: ${r2}`);
      }
});

test("other shapes are explained as far as SciPy's best of 200 random starts explains them", () => {
  // scipy.optimize.curve_fit with all eight parameters at once, bounded as in gabor.ts.
  const cases: [best: number, height: number, width: number, shape: Shape][] = [
    [0.6672, 5, 5, (x, y) => (x >= 0 && y <= 0 ? 1 : -1)],
    [0.8588, 4, 7, (x, y) => (x - y > 0.5 ? 1 : -1)],
    [1, 5, 5, (x, y) => x - 2 * y + 6],
  ];
  for (const [best, height, width, shape] of cases)
    near(gaborR2(drawn(shape, height, width), height, width), best, 1e-4, `${height}×${width}`);
  const cross = gaborR2(
    drawn((x, y) => (x === 0 || y === 0 ? 1 : 0), 7),
    7,
    7,
  );
  near(cross, 0.4037, 0.03, "a cross, where eight starts aren't enough");
});

test("it is a share: of noise part of it, of a flat kernel nothing, of any size or sign the same", () => {
  const chance = random(1);
  const shares = Array.from({ length: 30 }, () => gaborR2(noise(49, chance), 7, 7));
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  assert.ok(mean > 0.1 && mean < 0.45, `${mean}`);
  assert.ok(shares.every((share) => share > 0 && share < 0.8));
  for (const flat of [0, 1, -3]) assert.equal(gaborR2(new Float64Array(25).fill(flat), 5, 5), 0);
  const kernel = noise(25, chance);
  const share = gaborR2(kernel, 5, 5);
  for (const factor of [-1, 1e-3, 1e3])
    near(
      gaborR2(
        kernel.map((weight) => factor * weight),
        5,
        5,
      ),
      share,
      1e-3,
      `times ${factor}`,
    );
});
