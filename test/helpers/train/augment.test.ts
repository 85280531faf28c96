import assert from "node:assert/strict";
import { test } from "node:test";
import type { InputSpec } from "../../../src/helpers/data";
import { random } from "../../../src/helpers/random";
import {
  augment,
  augmentationOf,
  AUGMENTATIONS,
  batchPixels,
  type Augmentation,
} from "../../../src/helpers/train/augment";

const spec: InputSpec = { type: "image", height: 8, width: 8, channels: 1, range: [0, 255] };
const ramp = Uint8Array.from({ length: 64 }, (_, i) => (i % 8) * 30);

function augmented(what: Augmentation, seed: number, image: ArrayLike<number> = ramp): Float32Array {
  const out = new Float32Array(64);
  augment(image, out, spec, what, random(seed));
  return out;
}

test("a flip mirrors half of the time and changes nothing else", () => {
  const mirrored = ramp.map((_, i) => ramp[i - (i % 8) + 7 - (i % 8)]);
  const results = Array.from({ length: 200 }, (_, seed) => augmented({ flip: true }, seed));
  const flips = results.filter((out) => out[0] === mirrored[0]).length;
  assert.ok(flips > 70 && flips < 130, `${flips} of 200`);
  for (const out of results) assert.ok([ramp, mirrored].some((image) => image.every((v, i) => v === out[i])));
});

test("a crop shifts by whole pixels and reflects the border", () => {
  const seen = new Set<number>();
  for (let seed = 0; seed < 60; seed++) {
    const row = augmented({ cropPx: 2 }, seed).subarray(0, 8);
    const shift = [-2, -1, 0, 1, 2].find((s) =>
      row.every((value, x) => value === 30 * (7 - Math.abs(7 - Math.abs(x + s)))),
    );
    assert.notEqual(shift, undefined, `no shift gives ${[...row].join(" ")}`);
    seen.add(shift!);
  }
  assert.equal(seen.size, 5);
});

test("turning by nothing is nothing; a warp keeps to the values of the image", () => {
  const dot = new Uint8Array(64);
  dot[27] = 200;
  for (let seed = 0; seed < 50; seed++) {
    const out = augmented(AUGMENTATIONS.light, seed, dot);
    assert.ok(out.every((value) => value >= 0 && value <= 200));
  }
  assert.deepEqual(Array.from(augmented({ rotateDegrees: 0, shiftPx: 0, scale: 0 }, 1)), Array.from(ramp));
});

test("a turn moves the ink around the middle by the right angle", () => {
  // A dot right of the middle ends on a circle around it, within the allowed angle.
  const dot = new Uint8Array(64);
  for (const i of [3 * 8 + 6, 4 * 8 + 6]) dot[i] = 255; // middle (3.5, 3.5), dot at (6, 3.5)
  for (let seed = 0; seed < 30; seed++) {
    const out = augmented({ rotateDegrees: 40 }, seed, dot);
    let x = 0,
      y = 0,
      mass = 0;
    out.forEach((v, i) => ((x += v * (i % 8)), (y += v * Math.floor(i / 8)), (mass += v)));
    const [dx, dy] = [x / mass - 3.5, y / mass - 3.5];
    assert.ok(Math.abs(Math.hypot(dx, dy) - 2.5) < 0.35, `radius ${Math.hypot(dx, dy)}`);
    assert.ok(Math.abs(Math.atan2(dy, dx)) < (46 * Math.PI) / 180);
  }
});

test("the same stream gives the same batch, and an idle augmentation the images themselves", () => {
  const images = Uint8Array.from({ length: 192 }, (_, i) => i);
  const batch = (seed: number, what: Augmentation): number[] =>
    Array.from(batchPixels(images, [2, 0], spec, what, random(seed)));
  assert.deepEqual(batch(4, AUGMENTATIONS.light), batch(4, AUGMENTATIONS.light));
  assert.notDeepEqual(batch(4, AUGMENTATIONS.light), batch(5, AUGMENTATIONS.light));
  assert.deepEqual(batch(1, {}), [...images.slice(128), ...images.slice(0, 64)]);
});

test("unknown names and negative amounts are refused", () => {
  assert.throws(() => augmentationOf("heavy" as "light"), /"heavy".*photo, light, none/);
  assert.throws(() => augmentationOf({ shiftPx: -1 }), /shiftPx is zero or more. Received: -1/);
});
