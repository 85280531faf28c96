import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { adamw, makeOptimizer, sgd, type Optimizer } from "../../../src/helpers/train/optimizer";
import { assertClose, withoutLeaks } from "../tiny";

const start = [1, -2, 0.5];
/** The gradient of ½ Σ i·x², i = 1, 2, 3. */
const gradientOf = (x: readonly number[]): number[] => x.map((value, i) => (i + 1) * value);

function runSteps(optimizer: Optimizer, steps: number, learningRate: number, weightDecay: number): number[] {
  const variable = tf.tidy(() => tf.variable(tf.tensor1d(start)));
  for (let step = 0; step < steps; step++)
    tf.tidy(() =>
      optimizer.update(variable, tf.tensor1d(gradientOf(Array.from(variable.dataSync()))), {
        learningRate,
        weightDecay,
      }),
    );
  const values = Array.from(variable.dataSync());
  variable.dispose();
  optimizer.dispose();
  return values;
}

test("sgd with Nesterov momentum follows its definition, decay in the gradient", () =>
  withoutLeaks(() => {
    const x = [...start];
    const velocity = [0, 0, 0];
    for (let step = 0; step < 7; step++)
      gradientOf(x).forEach((g, i) => {
        const pull = g + 0.01 * x[i];
        velocity[i] = 0.9 * velocity[i] + pull;
        x[i] -= 0.05 * (pull + 0.9 * velocity[i]);
      });
    assertClose(runSteps(sgd(), 7, 0.05, 0.01), x, 1e-5);
  }));

test("adamw follows its definition, decay apart from the gradient", () =>
  withoutLeaks(() => {
    const x = [...start];
    const m = [0, 0, 0];
    const v = [0, 0, 0];
    for (let t = 1; t <= 7; t++)
      gradientOf(x).forEach((g, i) => {
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        x[i] *= 1 - 0.05 * 0.1;
        x[i] -= (0.05 * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
      });
    assertClose(runSteps(adamw(), 7, 0.05, 0.1), x, 1e-5);
  }));

test("an unknown optimiser is refused", () => {
  assert.throws(() => makeOptimizer("adagrad" as "sgd"), /"adagrad".*"sgd" and "adamw"/);
});
