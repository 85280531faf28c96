import assert from "node:assert/strict";
import { test } from "node:test";
import { loadDataset } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import {
  COLOUR_AXES_OF_PHOTOS,
  sumsOfWaves,
  wavesOf,
} from "../../../src/helpers/inspect/image-parametrisation";
import { random } from "../../../src/helpers/random";
import { assertClose, withoutLeaks } from "../tiny";

const INPUT = {
  type: "image" as const,
  height: 5,
  width: 4,
  channels: 3,
  range: [10, 30] as [number, number],
};
const MARGIN = 4;
const [ROWS, COLUMNS] = [INPUT.height + MARGIN, INPUT.width + MARGIN];

function normals(count: number, seed: number): Float32Array {
  const chance = random(seed);
  return Float32Array.from({ length: count }, () => chance.normal());
}

/** The amplitude of a wave whose index is this, among so many, before all are scaled together. */
function amplitude(down: number, across: number): number {
  const frequency = Math.hypot(Math.ceil(down / 2) / ROWS, Math.ceil(across / 2) / COLUMNS);
  return Math.max(frequency, 1 / Math.max(ROWS, COLUMNS)) ** -1.25;
}

/** The oracle: the definition, pixel by pixel, with a cosine and a sine for each wave. */
function byDefinition(numbers: Float32Array, shift: [number, number]): number[] {
  const rms = Math.sqrt(numbers.reduce((sum, z) => sum + z * z, 0) / numbers.length);
  let power = 0;
  for (let i = 0; i < ROWS * COLUMNS; i++)
    power += amplitude(Math.floor(i / COLUMNS), i % COLUMNS) ** 2 / (ROWS * COLUMNS);
  const wave = (index: number, length: number, x: number): number => {
    const turns = (Math.ceil(index / 2) * x) / length;
    const alone = index === 0 || 2 * Math.ceil(index / 2) === length;
    const height = Math.sqrt((alone ? 1 : 2) / length);
    return height * (index === 0 || index % 2 === 1 ? Math.cos : Math.sin)(2 * Math.PI * turns);
  };
  const pixels: number[] = [];
  for (let y = 0; y < INPUT.height; y++)
    for (let x = 0; x < INPUT.width; x++) {
      const axes = [0, 1, 2].map((axis) => {
        let sum = 0;
        for (let k = 0; k < ROWS; k++)
          for (let l = 0; l < COLUMNS; l++)
            sum +=
              (numbers[(axis * ROWS + k) * COLUMNS + l] / rms) *
              (amplitude(k, l) / Math.sqrt(power)) *
              wave(k, ROWS, y + MARGIN / 2 - shift[0]) *
              wave(l, COLUMNS, x + MARGIN / 2 - shift[1]);
        return sum;
      });
      for (let c = 0; c < 3; c++) {
        const value = axes.reduce((sum, axis, a) => sum + axis * COLOUR_AXES_OF_PHOTOS[a][c], 0);
        pixels.push(10 + 20 / (1 + Math.exp(-value)));
      }
    }
  return pixels;
}

test("waves are the discrete Fourier transform of a real signal, and hold all of it", () => {
  for (const length of [1, 2, 7, 8]) {
    const { values, frequencies } = wavesOf(length);
    const signal = normals(length, length);
    const coefficients = Array.from({ length }, (_, k) =>
      signal.reduce((sum, value, x) => sum + value * values[k * length + x], 0),
    );
    coefficients.forEach((coefficient, k) => {
      let [real, imaginary] = [0, 0];
      signal.forEach((value, x) => {
        real += value * Math.cos(2 * Math.PI * frequencies[k] * x);
        imaginary -= value * Math.sin(2 * Math.PI * frequencies[k] * x);
      });
      const alone = frequencies[k] === 0 || frequencies[k] === 0.5;
      const expected = (k === 0 || k % 2 === 1 ? real : -imaginary) * Math.sqrt((alone ? 1 : 2) / length);
      assert.ok(Math.abs(coefficient - expected) < 1e-5, `wave ${k} of ${length}`);
    });
    assert.deepEqual(
      [...new Set(frequencies)],
      Array.from({ length: Math.floor(length / 2) + 1 }, (_, n) => n / length),
    );
    const again = signal.map((_, x) =>
      coefficients.reduce((sum, coefficient, k) => sum + coefficient * values[k * length + x], 0),
    );
    assertClose(again, signal, 1e-5);
  }
});

test("images are sums of waves in the colours of photographs, within the range, whatever the numbers' size", async () => {
  await withoutLeaks(() => {
    const waves = sumsOfWaves(INPUT, MARGIN);
    assert.deepEqual(waves.shape, [3, ROWS, COLUMNS]);
    const numbers = normals(2 * 3 * ROWS * COLUMNS, 1);
    const images = (scale: number, shift?: [number, number]): Float32Array =>
      tf.tidy(() => {
        const scaled = tf.tensor4d(
          numbers.map((z) => z * scale),
          [2, ...waves.shape],
        );
        return waves.images(scaled, shift).dataSync() as Float32Array;
      });
    for (const shift of [
      [0, 0],
      [2, -1],
    ] as [number, number][]) {
      const second = images(1, shift).subarray(INPUT.height * INPUT.width * 3);
      assertClose(second, byDefinition(numbers.subarray(3 * ROWS * COLUMNS), shift), 2e-4);
      assertClose(images(1e-4, shift), images(1, shift), 1e-3);
      assertClose(images(1e6, shift), images(1, shift), 1e-3);
    }
    const zero = tf.tidy(() => waves.images(tf.zeros([1, ...waves.shape])).dataSync());
    assertClose(zero, new Float32Array(60).fill(20), 1e-6);
    waves.dispose();
  });
});

test("a shift moves the image", () => {
  const waves = sumsOfWaves(INPUT, MARGIN);
  tf.tidy(() => {
    const numbers = tf.tensor4d(normals(3 * ROWS * COLUMNS, 4), [1, ...waves.shape]);
    const still = waves.images(numbers).slice([0, 0, 1, 0], [-1, 3, 3, -1]);
    const moved = waves.images(numbers, [2, -1]).slice([0, 2, 0, 0], [-1, 3, 3, -1]);
    assertClose(moved.dataSync(), still.dataSync(), 1e-4);
  });
  waves.dispose();
});

test("the gradient through waves, colours and range is that of finite differences", () => {
  for (const channels of [1, 3]) {
    const waves = sumsOfWaves({ ...INPUT, channels }, MARGIN);
    tf.tidy(() => {
      const numbers = tf.tensor4d(normals(channels * ROWS * COLUMNS, 2), [1, ...waves.shape]);
      const weights = tf.tensor1d(normals(INPUT.height * INPUT.width * channels, 3));
      const height = (z: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(tf.reshape(waves.images(z as tf.Tensor4D, [1, 2]), [-1]), weights));
      const gradient = tf.grad(height)(numbers).dataSync();
      const values = numbers.dataSync();
      for (const i of [0, 1, 8, 30, values.length - 1]) {
        const at = (step: number): number => {
          const moved = Float32Array.from(values);
          moved[i] += step;
          return height(tf.tensor4d(moved, [1, ...waves.shape])).dataSync()[0];
        };
        const slope = (at(0.02) - at(-0.02)) / 0.04;
        assert.ok(
          Math.abs(gradient[i] - slope) < 0.01 + 0.01 * Math.abs(slope),
          `${i}: ${gradient[i]} ${slope}`,
        );
      }
    });
    waves.dispose();
  }
});

const mirror = process.env.TRANSFER_LAB_MIRROR;
const skip = mirror ? false : "needs real CIFAR-10: set TRANSFER_LAB_MIRROR";

test("the colour axes are those of CIFAR-10's photographs", { skip }, async () => {
  const { images } = (await loadDataset("cifar10")).train;
  const products = new Float64Array(9);
  const sums = new Float64Array(3);
  let count = 0;
  for (let i = 0; i + 2 < images.length; i += 3 * 11, count++)
    for (let a = 0; a < 3; a++) {
      sums[a] += images[i + a];
      for (let b = 0; b < 3; b++) products[3 * a + b] += images[i + a] * images[i + b];
    }
  const covariance = products.map(
    (product, i) => product / count - (sums[Math.floor(i / 3)] * sums[i % 3]) / count ** 2,
  );
  const ofAxes = covariance.map((_, i) =>
    COLOUR_AXES_OF_PHOTOS.reduce((sum, axis) => sum + axis[Math.floor(i / 3)] * axis[i % 3], 0),
  );
  assertClose(
    ofAxes,
    covariance.map((value) => value / Math.max(...covariance)),
    0.005,
  );
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ]) {
    const product = COLOUR_AXES_OF_PHOTOS[a].reduce((sum, v, c) => sum + v * COLOUR_AXES_OF_PHOTOS[b][c], 0);
    assert.ok(Math.abs(product) < 0.001, "axes stand at right angles");
  }
});
