/** Small things for tests: a set that a network learns in seconds, and a check for leaked tensors. */
import assert from "node:assert/strict";
import type { Examples } from "../../src/helpers/data";
import { tf } from "../../src/helpers/engine";
import { buildConvNet, weightedLayers, weightsOf } from "../../src/helpers/model";
import { random } from "../../src/helpers/random";

/** Bright stripes on noise: across, upright or slanting, 16×16×3. */
export function stripes(count: number, seed = 1, classes = ["across", "upright", "slanting"]): Examples {
  const chance = random(seed);
  const images = new Uint8Array(count * 16 * 16 * 3);
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes.length);
  for (let i = 0, at = 0; i < count; i++) {
    const phase = chance.int(4);
    for (let y = 0; y < 16; y++)
      for (let x = 0; x < 16; x++) {
        const along = [y, x, x + y][labels[i]] + phase;
        for (let c = 0; c < 3; c++) images[at++] = (along % 4 < 2 ? 160 : 60) + chance.int(60);
      }
  }
  const input = { type: "image", height: 16, width: 16, channels: 3, range: [0, 255] } as const;
  return { images, labels, count, classes, input: { ...input, range: [0, 255] } };
}

/** An untrained network for {@link stripes}. */
export function tinyNet(seed = 1, classes: string[] | number = 3): tf.LayersModel {
  return buildConvNet({ inputShape: [16, 16, 3], classes, seed });
}

/** All weights of a model as plain arrays, layer by layer: the order of `getWeights` depends on the freezing. */
export function weightValues(model: tf.LayersModel): number[][] {
  return weightedLayers(model).flatMap(({ layer }) =>
    weightsOf(layer).map((w) => Array.from(w.read().dataSync())),
  );
}

/** Runs some work and fails where it leaves tensors behind. */
export async function withoutLeaks(work: () => Promise<void> | void): Promise<void> {
  const before = tf.memory().numTensors;
  await work();
  assert.equal(tf.memory().numTensors, before, "tensors leaked");
}

/** Fails where two lists of numbers differ by more than `tolerance`. */
export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  assert.equal(actual.length, expected.length, "length");
  for (let i = 0; i < actual.length; i++)
    assert.ok(
      Math.abs(actual[i] - expected[i]) <= tolerance,
      `value ${i}: ${actual[i]} instead of ${expected[i]} (tolerance ${tolerance})`,
    );
}
