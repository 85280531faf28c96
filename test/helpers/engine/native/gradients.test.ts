import assert from "node:assert/strict";
import { test } from "node:test";
import { batchNormInTraining, conv2dWithBias, softmaxCrossEntropy, tf } from "../../../../src/helpers/engine";
import { assertClose, withoutLeaks } from "../../tiny";
import { checkCase, operationsOf, valueAndGradients, withStock, type Case } from "./compare";

const images = (shape: number[], seed: number, mean = 0, sd = 1): tf.Tensor =>
  tf.randomNormal(shape, mean, sd, "float32", seed);

/** A scalar that depends on every value in its own way, so that each gradient counts. */
const weighed = (y: tf.Tensor): tf.Scalar =>
  tf.sum(tf.mul(y, tf.sin(tf.range(1, y.size + 1).reshape(y.shape)))) as tf.Scalar;

const STATISTICS = {
  movingMean: tf.keep(tf.tensor1d([0, 1, 2])),
  movingVariance: tf.keep(tf.tensor1d([1, 2, 3])),
  momentum: 0.9,
  epsilon: 1e-3,
};

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
    f: (x, gamma, beta) => weighed(batchNormInTraining(x, { ...STATISTICS, gamma, beta }).output),
    xs: () => [images([2, 4, 4, 3], 2, 1, 2), tf.tensor1d([1, 0.5, 2]), tf.tensor1d([0, 1, -1])],
    operations: ["FusedBatchNormV3", "FusedBatchNormGradV3"],
  },
  "a mean over the image": {
    f: (x) => weighed(tf.mean(x, [1, 2])),
    xs: () => [images([2, 4, 5, 3], 4)],
    operations: ["BroadcastTo"],
  },
  "a mean of all": {
    f: (x) => tf.mean(tf.square(x)),
    xs: () => [images([2, 3], 4)],
    operations: ["BroadcastTo"],
  },
  "a sum over an axis that is kept": {
    f: (x) => weighed(tf.sum(tf.square(x), -2, true)),
    xs: () => [images([2, 4, 5, 3], 5)],
    operations: ["BroadcastTo"],
  },
  "convolution with bias": {
    f: (x, kernel, bias) =>
      weighed(conv2dWithBias(x as tf.Tensor4D, kernel as tf.Tensor4D, bias as tf.Tensor1D, [2, 1], "same")),
    xs: () => [images([2, 5, 4, 3], 6), images([3, 2, 3, 8], 7), images([8], 8)],
    operations: process.arch === "x64" ? ["_MklNativeConv2DWithBias"] : [],
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

test("batch norm with fixed statistics: gradients in all five are those of stock", () =>
  withoutLeaks(async () => {
    const f = (...[x, mean, variance, offset, scale]: tf.Tensor[]): tf.Scalar =>
      weighed(
        tf.batchNorm(
          x,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          1e-3,
        ),
      );
    const inputs = [
      images([2, 4, 4, 3], 1),
      images([3], 2),
      tf.tensor1d([0.5, 1, 2]),
      images([3], 3),
      images([3], 4),
    ];
    const tiles = (): boolean => operationsOf(() => tf.tidy(() => void tf.grads(f)(inputs))).includes("Tile");
    assert.ok(!tiles());
    const native = await valueAndGradients(f, inputs);
    const stock = await withStock(() => (assert.ok(tiles()), valueAndGradients(f, inputs)));
    native.forEach((values, i) => assertClose(values, stock[i], 2e-4));
    tf.dispose(inputs);
  }));

test("no product of matrices goes through MatMul, which a signal makes corrupt the heap", () => {
  const [a, b] = [tf.ones([64, 2048]) as tf.Tensor2D, tf.ones([2048, 10]) as tf.Tensor2D];
  const ran = operationsOf(() =>
    tf.tidy(() => void tf.grads((a, b) => tf.sum(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D)))([a, b])),
  );
  assert.ok(!ran.includes("MatMul"), ran.join());
  tf.dispose([a, b]);
});

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

test("batch norm mixes the batch's mean and biased variance into what was, natively and stock", () =>
  withoutLeaks(async () => {
    const check = async (
      momentum: number,
      expectedMean: number[],
      expectedVariance: number[],
    ): Promise<void> => {
      const [mean, variance] = tf.tidy(() => {
        const x = tf.tensor4d([1, 10, 3, 20, 5, 60, 7, 30], [2, 2, 1, 2]);
        const { movingMean, movingVariance } = batchNormInTraining(x, {
          gamma: tf.ones([2]),
          beta: tf.zeros([2]),
          movingMean: tf.tensor1d([10, 20]),
          movingVariance: tf.tensor1d([1, 2]),
          momentum,
          epsilon: 1e-3,
        });
        return [movingMean, movingVariance];
      });
      assertClose(await mean.data(), expectedMean, 1e-5);
      assertClose(await variance.data(), expectedVariance, 1e-3);
      tf.dispose([mean, variance]);
    };
    const checkBoth = async (): Promise<void> => {
      await check(0, [4, 30], [5, 350]);
      await check(0.9, [9.4, 21], [1.4, 36.8]);
    };
    await checkBoth();
    await withStock(checkBoth);
  }));

test("batch norm of a single value a channel has no variance, natively and stock", () =>
  withoutLeaks(async () => {
    const variance = (): tf.Tensor =>
      tf.tidy(() => {
        const norm = { ...STATISTICS, gamma: tf.ones([3]), beta: tf.zeros([3]) };
        return batchNormInTraining(tf.ones([1, 1, 1, 3]), norm).movingVariance;
      });
    const [native, stock] = [variance(), await withStock(variance)];
    assertClose(await native.data(), [0.9, 1.8, 2.7]);
    assertClose(await stock.data(), [0.9, 1.8, 2.7]);
    tf.dispose([native, stock]);
  }));
