import assert from "node:assert/strict";
import { test } from "node:test";
import { Replay, tf } from "../../../src/helpers/engine";
import { assertClose, withoutLeaks } from "../tiny";
import { withStock } from "./native/compare";

/** How many tensors TensorFlow itself holds. */
const held = (): number =>
  (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();

/** Runs a replay several times on other inputs each time, and counts how often the work was really done. */
async function repeat(
  work: (x: tf.Tensor) => Record<string, tf.Tensor>,
  variables: tf.Variable[] = [],
  times = 6,
): Promise<{ done: number; results: Float32Array[] }> {
  let done = 0;
  const replay = new Replay(([x]) => (done++, work(x)), variables);
  const results: Float32Array[] = [];
  for (let i = 0; i < times; i++) {
    const x = tf.tensor1d([i, 1, 2]);
    const { y } = tf.tidy(() => replay.run([x]));
    results.push((await y.data()) as Float32Array);
    tf.dispose([x, y]);
  }
  replay.dispose();
  return { done, results };
}

test("work that is alike twice is played from then on, with the same results", () =>
  withoutLeaks(async () => {
    const { done, results } = await repeat((x) => ({ y: tf.add(tf.mul(tf.square(x), 3), [1, 2, 3]) }));
    assert.equal(done, 2);
    results.forEach((values, i) => assertClose(values, [3 * i * i + 1, 5, 15]));
  }));

test("variables are read as they are, and written", () =>
  withoutLeaks(async () => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 1, 1])));
    const work = (x: tf.Tensor): Record<string, tf.Tensor> => {
      variable.assign(tf.add(variable, x));
      return { y: tf.mul(variable, 2) };
    };
    const { done, results } = await repeat(work, [variable]);
    assert.equal(done, 2);
    assertClose(results[5], [2 * (1 + 15), 14, 26]);
    assertClose(variable.dataSync(), [16, 7, 13]);
    variable.dispose();
  }));

test("results may be inputs, variables, constants and each other", () =>
  withoutLeaks(async () => {
    const variable = tf.tidy(() => tf.variable(tf.scalar(5)));
    let calls = 0;
    const replay = new Replay(
      ([x]) => {
        calls++;
        const y = tf.neg(x);
        return { y, again: y.clone(), input: x.clone(), variable: variable.clone() };
      },
      [variable],
    );
    for (let i = 0; i < 4; i++) {
      const x = tf.scalar(i);
      const results = tf.tidy(() => replay.run([x]));
      const values = await Promise.all(Object.values(results).map(async (t) => (await t.data())[0]));
      assert.deepEqual(values.map(Math.abs), [i, i, i, 5]);
      tf.dispose([x, ...Object.values(results)]);
    }
    assert.equal(calls, 2);
    replay.dispose();
    variable.dispose();
  }));

test("what changes from time to time is never played", () =>
  withoutLeaks(async () => {
    let i = 0;
    const constant = await repeat((x) => ({ y: tf.add(x, i++) }));
    assert.equal(constant.done, 6);
    assertClose(constant.results[5], [10, 6, 7]);
    const operation = await repeat((x) => ({ y: i++ % 2 ? tf.neg(x) : tf.square(x) }));
    assert.equal(operation.done, 6);
    const attribute = await repeat((x) => ({ y: tf.leakyRelu(x, i++) }));
    assert.equal(attribute.done, 6);
    const drawn = await repeat((x) => ({ y: tf.dropout(x, 0.5) }));
    assert.equal(drawn.done, 6);
  }));

test("data that is no input is no constant", () =>
  withoutLeaks(async () => {
    const data = tf.ones([5000]);
    const { done } = await repeat((x) => ({ y: tf.add(tf.sum(data), x) }));
    assert.equal(done, 6);
    data.dispose();
  }));

test("it is off where native operations are", () =>
  withStock(async () => assert.equal((await repeat((x) => ({ y: tf.neg(x) }))).done, 6)));

test("TensorFlow holds nothing more after a thousand plays, nor after one that fails", () =>
  withoutLeaks(async () => {
    const replay = new Replay(
      ([a, b]) => ({ y: tf.matMul(tf.neg(a) as tf.Tensor2D, tf.exp(b) as tf.Tensor2D) }),
      [],
    );
    const [a, b, wrong] = [tf.ones([2, 3]), tf.ones([3, 2]), tf.ones([2, 2])];
    const run = (b: tf.Tensor): void => tf.tidy(() => void replay.run([a, b]));
    for (let i = 0; i < 3; i++) run(b);
    run(b);
    const before = held();
    for (let i = 0; i < 1000; i++) run(b);
    assert.equal(held(), before);
    tf.tidy(() => void tf.neg(wrong)); // its data is TensorFlow's from here on
    const withWrong = held();
    assert.throws(() => run(wrong), /In\[0\] mismatch|Matrix size-incompatible/i);
    assert.equal(held(), withWrong);
    replay.dispose();
    tf.dispose([a, b, wrong]);
    await Promise.resolve();
  }));
