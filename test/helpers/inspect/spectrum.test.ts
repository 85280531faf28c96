import assert from "node:assert/strict";
import { test } from "node:test";
import { lineAngle, readSpectrum } from "../../../src/helpers/inspect/spectrum";
import { random } from "../../../src/helpers/random";
import { apart, drawn, gabor, hill, noise } from "./planted-kernels";

const STEP = 0.025; // of the grid of frequencies, in cycles/px

test("an edge or a grating is read at its angle and frequency, whatever its phase", () => {
  for (const [side, across, frequencies] of [
    [5, 1.5, [0.2, 0.25, 0.3]],
    [7, 2, [0.15, 0.2, 0.25, 0.3]],
    [11, 2.5, [0.1, 0.2, 0.3, 0.4]],
  ] as [number, number, number[]][])
    for (const planted of frequencies)
      for (let angle = 0; angle < 180; angle += 7.5)
        for (const phase of [0, 0.8, Math.PI / 2, 2.5]) {
          const kernel = drawn(gabor({ angle, frequency: planted, phase, across }), side);
          const reading = readSpectrum(kernel, side, side);
          const what = `${side} px, ${angle}°, ${planted} cycles/px, phase ${phase}: ${JSON.stringify(reading)}`;
          assert.equal(reading.kind, "oriented", what);
          assert.ok(apart(reading.angle, angle) < 3, what);
          assert.ok(Math.abs(reading.frequency - planted) < STEP + 1e-9, what);
        }
});

test("an angle is in [0, 180): 0 lies, 90 stands, 45 rises to the right", () => {
  const stripes = (along: (x: number, y: number) => number) =>
    readSpectrum(
      drawn((x, y) => Math.cos((2 * Math.PI * along(x, y)) / 4), 8, 6),
      8,
      6,
    ).angle;
  assert.ok(apart(stripes((_, y) => y), 0) < 2); // prettier-ignore
  assert.ok(apart(stripes((x) => x), 90) < 2); // prettier-ignore
  assert.ok(
    apart(
      stripes((x, y) => (y - x) / Math.SQRT2),
      45,
    ) < 3,
  );
  const directions = [0, Math.PI / 4, Math.PI / 2, -Math.PI / 2, -Math.PI / 4, Math.PI];
  assert.deepEqual(directions.map((direction) => Math.round(lineAngle(direction))), [90, 45, 0, 0, 135, 90]); // prettier-ignore
  for (let direction = -4; direction < 4; direction += 0.01)
    assert.ok(lineAngle(direction) >= 0 && lineAngle(direction) < 180);
});

test("a hill, a hole, a flat patch and a single weight are blobs", () => {
  for (const kernel of [
    drawn(hill(1.2), 5),
    drawn(hill(1, 1, -1), 5).map((weight) => -weight),
    drawn(() => 0.3, 5),
    drawn(hill(2, 1.5, 0), 7),
  ]) {
    const side = Math.sqrt(kernel.length);
    const { kind, frequency } = readSpectrum(kernel, side, side);
    assert.deepEqual([kind, frequency], ["blob", 0]);
  }
  assert.equal(readSpectrum([-0.2], 1, 1).kind, "blob");
});

test("noise is mostly neither, and so are a cross without a mean and nothing at all", () => {
  const chance = random(1);
  const kinds = Array.from({ length: 200 }, () => readSpectrum(noise(49, chance), 7, 7).kind);
  assert.ok(kinds.filter((kind) => kind === "neither").length > 140);
  assert.ok(kinds.filter((kind) => kind === "blob").length < 20);
  const cross = drawn((x, y) => Math.abs(x) - Math.abs(y), 7);
  assert.equal(readSpectrum(cross, 7, 7).kind, "neither");
  assert.equal(readSpectrum(new Float64Array(25), 5, 5).kind, "neither");
});
