import assert from "node:assert/strict";
import { test } from "node:test";
import { softmaxCrossEntropy, tf } from "../../../src/helpers/engine";
import { random } from "../../../src/helpers/random";
import { assertClose, withoutLeaks } from "../tiny";

const [rows, classes] = [5, 3];
const chance = random(3);
const logits = Array.from({ length: rows * classes }, () => 3 * chance.normal());
const labels = [0, 2, 1, 1, 0];
const weights = [2, 0, 0.5, 1, 1.5];

/** `Σ wᵢ · −log softmax(logitsᵢ)[labelᵢ] / rows`, from the definition. */
function definition(values: number[], w: number[]): number {
  const losses = labels.map((label, i) => {
    const row = values.slice(i * classes, (i + 1) * classes);
    return Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0)) - row[label];
  });
  return losses.reduce((sum, loss, i) => sum + w[i] * loss, 0) / rows;
}

async function valueAndGradient(w?: number[]): Promise<{ value: number; gradient: number[] }> {
  const [value, gradient] = tf.tidy(() => {
    const oneHot = tf.oneHot(tf.tensor1d(labels, "int32"), classes).toFloat() as tf.Tensor2D;
    const loss = (x: tf.Tensor): tf.Scalar =>
      softmaxCrossEntropy(x as tf.Tensor2D, oneHot, w && tf.tensor1d(w));
    const { value, grad } = tf.valueAndGrad(loss)(tf.tensor2d(logits, [rows, classes]));
    return [value, grad];
  });
  const result = { value: (await value.data())[0], gradient: Array.from(await gradient.data()) };
  tf.dispose([value, gradient]);
  return result;
}

/** With and without TensorFlow's own operation. */
async function bothWays(check: () => Promise<void>): Promise<void> {
  await check();
  process.env.TRANSFER_LAB_NATIVE = "off";
  try {
    await check();
  } finally {
    delete process.env.TRANSFER_LAB_NATIVE;
  }
}

test("weighted cross-entropy and its gradient are as defined, natively and stock", () =>
  withoutLeaks(() =>
    bothWays(async () => {
      const { value, gradient } = await valueAndGradient(weights);
      assertClose([value], [definition(logits, weights)], 1e-5);
      const differences = logits.map((_, at) => {
        const moved = (by: number): number[] => logits.map((v, i) => (i === at ? v + by : v));
        return (definition(moved(1e-5), weights) - definition(moved(-1e-5), weights)) / 2e-5;
      });
      assertClose(gradient, differences, 1e-5);
      assert.deepEqual(
        gradient.slice(3, 6).map(Math.abs),
        [0, 0, 0],
        "an example of weight 0 teaches nothing",
      );
    }),
  ));

test("weights of 1 are no weights", () =>
  withoutLeaks(() =>
    bothWays(async () => {
      const [plain, weighted] = [await valueAndGradient(), await valueAndGradient([1, 1, 1, 1, 1])];
      assertClose([plain.value], [definition(logits, [1, 1, 1, 1, 1])], 1e-5);
      assertClose([weighted.value], [plain.value], 1e-6);
      assertClose(weighted.gradient, plain.gradient, 1e-6);
    }),
  ));
