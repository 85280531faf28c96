import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../../src/helpers/engine";
import { random } from "../../../../src/helpers/random";
import { assertClose, withoutLeaks } from "../../tiny";
import { operationsOf, valueAndGradients, withStock } from "./compare";

/** Whole numbers from a small range: many windows hold their maximum twice. */
const withTies = (shape: [number, number, number, number], seed: number): tf.Tensor4D => {
  const chance = random(seed);
  return tf.tensor4d(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => chance.int(4) - 1),
    shape,
  );
};

const usesWorkspace = (work: () => void): boolean => operationsOf(work).includes("_MklNativeMaxPoolGrad");
const isThere =
  process.arch === "x64" && usesWorkspace(() => gradientOf(tf.ones([1, 2, 2, 1]), 2, 2, "valid"));

function gradientOf(x: tf.Tensor, size: number, stride: number, pad: "same" | "valid"): void {
  tf.tidy(() => void tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, size, stride, pad)))(x));
  x.dispose();
}

test("windows of every kind, ties too: value and gradient are those of stock", () =>
  withoutLeaks(async () => {
    const chance = random(1);
    let native = 0;
    for (let round = 0; round < 150; round++) {
      const shape: [number, number, number, number] = [
        1 + chance.int(3),
        1 + chance.int(9),
        1 + chance.int(9),
        [1, 3, 8, 16, 17, 40][chance.int(6)],
      ];
      const window: [number, number] = [1 + chance.int(3), 1 + chance.int(3)];
      const strides: [number, number] = [1 + chance.int(3), 1 + chance.int(3)];
      const pad = chance.int(2) ? "same" : "valid";
      if (pad === "valid" && (window[0] > shape[1] || window[1] > shape[2])) continue;
      const x = withTies(shape, round);
      const f = (x: tf.Tensor): tf.Scalar => {
        const y = tf.maxPool(x as tf.Tensor4D, window, strides, pad);
        return tf.sum(tf.mul(y, tf.range(1, y.size + 1).reshape(y.shape)));
      };
      if (usesWorkspace(() => tf.tidy(() => void tf.grad(f)(x)))) native++;
      const [ours, stock] = [
        await valueAndGradients(f, [x]),
        await withStock(() => valueAndGradients(f, [x])),
      ];
      ours.forEach((values, i) => assertClose(values, stock[i], 1e-3));
      x.dispose();
    }
    if (isThere) assert.ok(native > 80, `${native} went with a workspace`);
  }));

test("what oneDNN isn't asked for goes the stock way", () =>
  withoutLeaks(() => {
    const wide = tf.ones([1, 2, 2, 1]);
    assert.ok(!usesWorkspace(() => gradientOf(wide, 3, 1, "same")), "a window wider than the image");
    const x = tf.ones([1, 4, 4, 1]) as tf.Tensor4D;
    const inference = operationsOf(() => tf.maxPool(x, 2, 2, "valid").dispose());
    assert.deepEqual(inference, ["MaxPool"], "no gradient is wanted");
    x.dispose();
  }));

test("a workspace that no gradient asks for is freed with the tape", () =>
  withoutLeaks(() => {
    const x = tf.ones([1, 4, 4, 2]) as tf.Tensor4D;
    const scale = tf.scalar(2);
    // The pooled images don't depend on the scale, so nothing goes back through the pooling.
    const f = (scale: tf.Tensor): tf.Scalar => tf.sum(tf.mul(tf.maxPool(x, 2, 2, "valid"), scale));
    tf.tidy(() => void tf.grad(f)(scale));
    tf.dispose([x, scale]);
  }));
