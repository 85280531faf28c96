/** The page's own maths: what it makes of a picture is what `predict` makes of it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runInThisContext } from "node:vm";
import sharp from "sharp";
import { decodePhoto, FITS, type Fit } from "../../../src/helpers/data/photo";
import { resizer } from "../../../src/helpers/data/resize";
import { random } from "../../../src/helpers/random";

interface Image {
  data: Uint8ClampedArray;
  height: number;
  width: number;
}
interface Pixels {
  see(image: Image, input: { height: number; width: number; channels: number }, fit: Fit): Uint8ClampedArray;
  inRange(bytes: ArrayLike<number>, range: [number, number]): Float32Array;
  opaque(bytes: ArrayLike<number>, size: { height: number; width: number; channels: number }): Image;
  frameOfInk(image: Image, paper: number): { left: number; top: number; side: number } | undefined;
}

runInThisContext(readFileSync(join(__dirname, "../../../demo/pixels.js"), "utf8"));
const { see, inRange, opaque, frameOfInk } = (globalThis as unknown as { pixels: Pixels }).pixels;

/** Waves of colour with edges, `[height, width, 4]`. */
function picture(height: number, width: number): Image {
  const chance = random(height * width);
  const waves = Array.from({ length: 8 }, () => [20, 20, 6, 60].map((most) => most * chance.uniform()));
  const data = new Uint8ClampedArray(4 * height * width).fill(255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const edge = ((x >> 4) + (y >> 4)) % 2 ? 30 : 0;
        const wave = waves.map(
          ([a, b, phase, size]) => size * Math.sin((a * x) / width + (b * y) / height + phase + c),
        );
        data[4 * (y * width + x) + c] = 110 + edge + wave.reduce((sum, value) => sum + value, 0) / 2;
      }
  return { data, height, width };
}

test("pictures are made smaller as decodePhoto does it, whatever the fit and the channels", async () => {
  for (const [height, width] of [
    [32, 32],
    [60, 100],
    [101, 57],
    [333, 500],
    [700, 200],
  ]) {
    const image = picture(height, width);
    const raw = { width, height, channels: 4 } as const;
    const png = await sharp(Buffer.from(image.data), { raw }).png().toBuffer();
    for (const fit of FITS)
      for (const channels of [1, 3]) {
        const input = { height: 32, width: 32, channels };
        const [ours, theirs] = [see(image, input, fit), await decodePhoto(png, input, { fit })];
        const differences = Array.from(ours, (value, i) => Math.abs(value - theirs[i]));
        const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
        const what = `${height}×${width} ${fit} ${channels}: mean ${mean}, at most ${Math.max(...differences)}`;
        assert.ok(mean < 1 && Math.max(...differences) <= 8, what);
      }
  }
});

test("a stretched picture is resize.ts's to the last rounding, larger or smaller", () => {
  for (const [from, to] of [
    [
      { height: 50, width: 41 },
      { height: 32, width: 24 },
    ],
    [
      { height: 7, width: 9 },
      { height: 32, width: 33 },
    ],
  ]) {
    const image = picture(from.height, from.width);
    const rgb = image.data.filter((_, i) => i % 4 < 3);
    const expected = Uint8ClampedArray.from(resizer(from, to, 3)(rgb));
    const found = see(image, { ...to, channels: 3 }, "stretch");
    assert.ok(found.every((value, i) => Math.abs(value - expected[i]) <= 1));
    assert.ok(found.filter((value, i) => value !== expected[i]).length < found.length / 100);
  }
});

test("values are mapped to the network's range, and grey becomes a picture that can be seen", () => {
  assert.deepEqual([...inRange([0, 51, 255], [-1, 1])], [-1, Math.fround(-0.6), 1]);
  assert.deepEqual(
    [...opaque([7, 9], { height: 1, width: 2, channels: 1 }).data],
    [7, 7, 7, 255, 9, 9, 9, 255],
  );
  assert.deepEqual([...opaque([1, 2, 3], { height: 1, width: 1, channels: 3 }).data], [1, 2, 3, 255]);
});

test("a drawing is framed as MNIST's digits are: 20 of 28, the centre of gravity in the middle", () => {
  const [height, width] = [280, 280];
  const image = { data: new Uint8ClampedArray(4 * height * width), height, width };
  assert.equal(frameOfInk(image, 0), undefined);
  for (let y = 40; y < 140; y++) for (let x = 200; x < 220; x++) image.data[4 * (y * width + x)] = 255;
  assert.deepEqual(frameOfInk(image, 0), { left: 140, top: 20, side: 140 });
  for (let y = 40; y < 60; y++) for (let x = 150; x < 250; x++) image.data[4 * (y * width + x)] = 255;
  const { top, side } = frameOfInk(image, 0)!; // a T: heavy above, so it sinks, but stays in the frame
  assert.ok(side === 140 && top < 20 && top + side >= 140 + 5, `${top}`);
});
