import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { random } from "../../../src/helpers/random";
import { HeadStep, readSteps } from "../../../src/helpers/train/head-step";
import { sgd } from "../../../src/helpers/train/optimizer";
import { assertClose, withoutLeaks } from "../tiny";

const [EXAMPLES, FEATURES, CLASSES, STEPS] = [12, 5, 3, 8];

/** The plain way: the gradient of the loss by TensorFlow.js, against which the parameters move. */
function plainStep(x: tf.Tensor2D, y: tf.Tensor2D, kernel: tf.Variable, bias: tf.Variable, w?: tf.Tensor1D) {
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => {
      const logits = tf.add(tf.matMul(x, kernel as unknown as tf.Tensor2D), bias);
      const losses = tf.neg(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1));
      return tf.mean(w ? tf.mul(losses, w) : losses) as tf.Scalar;
    });
    for (const variable of [kernel, bias])
      variable.assign(tf.sub(variable, tf.mul(grads[variable.name], 0.5)));
    return value.dataSync()[0];
  });
}

for (const weighted of [false, true])
  test(`full-batch steps ${weighted ? "with weights " : ""}are those of the plain gradient, played again or not`, () =>
    withoutLeaks(async () => {
      const chance = random(1);
      const values = Float32Array.from({ length: EXAMPLES * FEATURES }, () => chance.normal());
      const x = tf.tensor2d(values, [EXAMPLES, FEATURES]);
      const labels = tf.tensor1d(
        Int32Array.from({ length: EXAMPLES }, (_, i) => i % CLASSES),
        "int32",
      );
      const y = tf.tidy(() => tf.oneHot(labels, CLASSES).toFloat() as tf.Tensor2D);
      const weights = weighted ? tf.tensor1d(values.slice(0, EXAMPLES).map(Math.abs)) : undefined;
      const zeros = (shape: number[]) => tf.tidy(() => tf.variable(tf.zeros(shape)));
      const make = () => [zeros([FEATURES, CLASSES]), zeros([CLASSES])];
      const [[kernel, bias], [plainKernel, plainBias]] = [make(), make()];
      const optimizer = sgd({ momentum: 0 });
      const device = new HeadStep({ x, y, labels, weights, kernel, bias }, optimizer);
      const outcomes = [];
      const expected: number[] = [];
      for (let step = 0; step < STEPS; step++) {
        outcomes.push(device.run({ learningRate: 0.5, weightDecay: 0 }));
        expected.push(plainStep(x, y, plainKernel, plainBias, weights));
      }
      const told = await readSteps(outcomes);
      assertClose(
        told.map(({ loss }) => loss),
        expected,
        1e-5,
      );
      assert.ok(told[STEPS - 1].accuracy > told[0].accuracy);
      assertClose(await kernel.data(), await plainKernel.data(), 1e-5);
      assertClose(await bias.data(), await plainBias.data(), 1e-5);
      optimizer.dispose();
      tf.dispose([x, y, labels, kernel, bias, plainKernel, plainBias, ...(weights ? [weights] : [])]);
    }));
