import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import {
  adamw,
  dealOut,
  makeOptimizer,
  scalarsOf,
  sgd,
  type Optimizer,
  type Rates,
} from "../../../src/helpers/train/optimizer";
import { operationsOf, withStock } from "../engine/native/compare";
import { assertClose, withoutLeaks } from "../tiny";

const start = [1, -2, 0.5];
/** The gradient of ½ Σ i·x², i = 1, 2, 3. */
const gradientOf = (x: readonly number[]): number[] => x.map((value, i) => (i + 1) * value);

/** One move of a variable. */
function move(optimizer: Optimizer, variable: tf.Variable, gradient: tf.Tensor, rates: Rates): void {
  const { all, key } = scalarsOf([optimizer.numbers(variable, rates)]);
  optimizer.update(variable, gradient, dealOut(all, key)[0]);
  tf.dispose(all);
}

function runSteps(optimizer: Optimizer, steps: number, learningRate: number, weightDecay: number): number[] {
  const variable = tf.tidy(() => tf.variable(tf.tensor1d(start)));
  for (let step = 0; step < steps; step++)
    tf.tidy(() =>
      move(optimizer, variable, tf.tensor1d(gradientOf(Array.from(variable.dataSync()))), {
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

for (const [name, make] of Object.entries({ sgd, adamw })) {
  test(`${name} is one operation a variable, and the same when native operations are off`, () =>
    withoutLeaks(async () => {
      const variable = tf.tidy(() => tf.variable(tf.tensor1d(start)));
      const gradient = tf.tensor1d([1, 2, 3]);
      const optimizer = make();
      const ran = operationsOf(() =>
        move(optimizer, variable, gradient, { learningRate: 0.1, weightDecay: 0 }),
      );
      assert.equal(ran.filter((op) => op.startsWith("ResourceApply")).length, 1, ran.join());
      assert.ok(!ran.includes("Mul"), ran.join());
      optimizer.dispose();
      tf.dispose([variable, gradient]);
      const native = runSteps(make(), 7, 0.05, 0.1);
      assertClose(native, await withStock(() => runSteps(make(), 7, 0.05, 0.1)), 1e-5);
    }));

  test(`${name} goes on from what somebody else wrote into the variable`, () =>
    withoutLeaks(async () => {
      const run = (): Float32Array => {
        const variable = tf.tidy(() => tf.variable(tf.tensor1d(start)));
        const gradient = tf.tensor1d([1, 2, 3]);
        const optimizer = make();
        const rates = { learningRate: 0.1, weightDecay: 0 };
        move(optimizer, variable, gradient, rates);
        tf.tidy(() => variable.assign(tf.tensor1d([7, 8, 9])));
        move(optimizer, variable, gradient, rates);
        const values = variable.dataSync() as Float32Array;
        optimizer.dispose();
        tf.dispose([variable, gradient]);
        return values;
      };
      assertClose(run(), await withStock(run), 1e-6);
    }));
}

test("numbers that are equal are one scalar, and are dealt out as they were given", () =>
  withoutLeaks(() => {
    const { all, key } = scalarsOf([[0.5, undefined, 2], [2], []]);
    assert.equal(all.length, 2);
    const dealt = dealOut(all, key).map((list) => list.map((scalar) => scalar?.dataSync()[0]));
    assert.deepEqual(dealt, [[0.5, undefined, 2], [2], []]);
    const other = scalarsOf([[0.1, undefined, 3], [3], []]);
    assert.equal(other.key, key);
    tf.dispose([...all, ...other.all]);
  }));
