import assert from "node:assert/strict";
import { test } from "node:test";
import { batchNormInTraining, softmaxCrossEntropy, tf } from "../../../../src/helpers/engine";
import { assertClose, withoutLeaks } from "../../tiny";
import { checkCase, operationsOf, valueAndGradients, withStock, type Case } from "./compare";

const images = (shape: number[], seed: number, mean = 0, sd = 1): tf.Tensor =>
  tf.randomNormal(shape, mean, sd, "float32", seed);

/** A scalar that depends on every value in its own way, so that each gradient counts. */
const weighed = (y: tf.Tensor): tf.Scalar =>
  tf.sum(tf.mul(y, tf.sin(tf.range(1, y.size + 1).reshape(y.shape)))) as tf.Scalar;

const cases: Record<string, Case> = {
  relu: {
    f: (x) => weighed(tf.relu(x)),
    xs: () => [images([2, 4, 4, 3], 1)],
    operations: ["ReluGrad"],
  },
  "relu6, on both its kinks' sides": {
    f: (x) => weighed(tf.relu6(x)),
    xs: () => [images([2, 4, 4, 3], 1, 3, 4)],
    operations: ["Relu6Grad"],
  },
  "leaky relu": {
    f: (x) => weighed(tf.leakyRelu(x, 0.1)),
    xs: () => [images([2, 4, 4, 3], 1)],
    operations: ["LeakyReluGrad"],
  },
  sigmoid: {
    f: (x) => weighed(tf.sigmoid(x)),
    xs: () => [images([2, 4, 4, 3], 1)],
    operations: ["SigmoidGrad"],
  },
  tanh: {
    f: (x) => weighed(tf.tanh(x)),
    xs: () => [images([2, 4, 4, 3], 1)],
    operations: ["TanhGrad"],
  },
  "batch norm": {
    f: (x, gamma, beta) => weighed(batchNormInTraining(x, gamma, beta, 1e-3).output),
    xs: () => [images([2, 4, 4, 3], 2, 1, 2), tf.tensor1d([1, 0.5, 2]), tf.tensor1d([0, 1, -1])],
    operations: ["FusedBatchNormV3", "FusedBatchNormGradV3"],
  },
  "softmax cross-entropy": {
    f: (logits) =>
      softmaxCrossEntropy(logits as tf.Tensor2D, tf.oneHot([0, 2, 1, 1], 3).toFloat() as tf.Tensor2D),
    xs: () => [images([4, 3], 3, 0, 2)],
    operations: ["SoftmaxCrossEntropyWithLogits"],
  },
};

for (const [name, made] of Object.entries(cases))
  test(`${name}: value and gradients are those of stock and of finite differences`, () => checkCase(made));

test("the layers' relu6 is one operation each way, whichever of its two names it has", () => {
  for (const layer of [tf.layers.activation({ activation: "relu6" }), tf.layers.reLU({ maxValue: 6 })]) {
    const x = tf.tensor2d([[-1, 3, 7]]);
    const ran = operationsOf(() => tf.tidy(() => void tf.grad((x) => layer.apply(x) as tf.Tensor)(x)));
    assert.deepEqual(
      ran.filter((name) => name.startsWith("Relu")),
      ["Relu6", "Relu6Grad"],
    );
    assert.ok(!ran.includes("Minimum") && !ran.includes("ClipByValue"), ran.join());
    x.dispose();
  }
});

test("a gradient of a gradient is left to stock", () =>
  withoutLeaks(async () => {
    const x = tf.tensor1d([-1, 0.5, 2]);
    const second = tf.grad((x) => tf.grad((x) => tf.sum(tf.pow(tf.tanh(x), 2)))(x));
    const native = second(x);
    const stock = await withStock(() => second(x));
    assertClose(await native.data(), await stock.data());
    tf.dispose([x, native, stock]);
  }));

test("another backend keeps its own", () =>
  withoutLeaks(async () => {
    await tf.setBackend("cpu");
    try {
      const x = tf.tensor4d([1, 4, 3, 2], [1, 2, 2, 1]);
      const [, gradient] = await valueAndGradients(
        (x) => tf.sum(tf.relu(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"))),
        [x],
      );
      assert.deepEqual(Array.from(gradient), [0, 1, 0, 0]);
      x.dispose();
    } finally {
      await tf.setBackend("tensorflow");
    }
  }));

test("batch norm returns the batch's mean and biased variance, natively and stock", () =>
  withoutLeaks(async () => {
    const check = async (): Promise<void> => {
      const [mean, variance] = tf.tidy(() => {
        const x = tf.tensor4d([1, 10, 3, 20, 5, 60, 7, 30], [2, 2, 1, 2]);
        const { mean, variance } = batchNormInTraining(x, tf.ones([2]), tf.zeros([2]), 1e-3);
        return [mean, variance];
      });
      assertClose(await mean.data(), [4, 30]);
      assertClose(await variance.data(), [5, 350], 1e-3);
      tf.dispose([mean, variance]);
    };
    await check();
    await withStock(check);
  }));
