import { test } from "node:test";
import { batchNormInTraining, softmaxCrossEntropy, tf } from "../../../src/helpers/engine";
import { assertClose, withoutLeaks } from "../tiny";

/** The value and the gradients of a scalar function, as arrays. */
async function evaluateWithGradients(
  f: (...xs: tf.Tensor[]) => tf.Scalar,
  xs: tf.Tensor[],
): Promise<Float32Array[]> {
  const { value, grads } = tf.valueAndGrads(f)(xs);
  const all = await Promise.all([value, ...grads].map((t) => t.data() as Promise<Float32Array>));
  tf.dispose([value, ...grads]);
  return all;
}

async function withStock<T>(work: () => Promise<T>): Promise<T> {
  process.env.TRANSFER_LAB_NATIVE = "off";
  try {
    return await work();
  } finally {
    delete process.env.TRANSFER_LAB_NATIVE;
  }
}

/** Central differences of a scalar function at a few places of its first argument. */
function finiteDifferences(
  f: (x: tf.Tensor) => tf.Scalar,
  x: tf.Tensor,
  places: number[],
  step = 1e-2,
): number[] {
  const values = x.dataSync();
  return places.map((place) => {
    const at = (shift: number): number =>
      tf.tidy(
        () =>
          f(
            tf.tensor(
              values.map((v, i) => (i === place ? v + shift : v)),
              x.shape,
            ),
          ).dataSync()[0],
      );
    return (at(step) - at(-step)) / (2 * step);
  });
}

const cases: { name: string; f: (...xs: tf.Tensor[]) => tf.Scalar; xs: () => tf.Tensor[] }[] = [
  {
    name: "relu",
    f: (x) => tf.sum(tf.mul(tf.relu(x), tf.add(x, 3))) as tf.Scalar,
    xs: () => [tf.randomNormal([2, 4, 4, 3], 0, 1, "float32", 1)],
  },
  {
    name: "batch norm",
    f: (x, gamma, beta) =>
      tf.sum(
        tf.mul(
          batchNormInTraining(x, gamma, beta, 1e-3).output,
          tf.sin(tf.range(0, 96).reshape([2, 4, 4, 3])),
        ),
      ) as tf.Scalar,
    xs: () => [
      tf.randomNormal([2, 4, 4, 3], 1, 2, "float32", 2),
      tf.tensor1d([1, 0.5, 2]),
      tf.tensor1d([0, 1, -1]),
    ],
  },
  {
    name: "softmax cross-entropy",
    f: (logits) =>
      softmaxCrossEntropy(logits as tf.Tensor2D, tf.oneHot([0, 2, 1, 1], 3).toFloat() as tf.Tensor2D),
    xs: () => [tf.randomNormal([4, 3], 0, 2, "float32", 3)],
  },
];

for (const { name, f, xs } of cases)
  test(`${name}: native value and gradients are those of the stock operations, and of finite differences`, () =>
    withoutLeaks(async () => {
      const inputs = xs();
      const native = await evaluateWithGradients(f, inputs);
      const stock = await withStock(() => evaluateWithGradients(f, inputs));
      native.forEach((values, i) => assertClose(values, stock[i], 2e-4));
      const places = [0, 5, 7];
      const [first, ...others] = inputs;
      const differences = finiteDifferences((x) => f(x, ...others), first, places);
      assertClose(
        places.map((place) => native[1][place]),
        differences,
        2e-2,
      );
      tf.dispose(inputs);
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
