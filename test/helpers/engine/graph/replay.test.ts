import assert from "node:assert/strict";
import { test } from "node:test";
import { Replay, tf } from "../../../../src/helpers/engine";
import { Resource } from "../../../../src/helpers/engine/resource";
import { assertClose, withoutLeaks } from "../../tiny";
import { withStock } from "../native/compare";

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

test("inputs of another shape, or that are no longer the same tensor, are not played", () =>
  withoutLeaks(() => {
    let done = 0;
    const replay = new Replay(([a, b]) => (done++, { y: tf.sub(a, tf.mul(b, 7)) }), []);
    const run = (a: tf.Tensor, b: tf.Tensor): number[] =>
      tf.tidy(() => Array.from(replay.run([a, b]).y.dataSync()));
    const [one, two, pair] = [tf.scalar(1), tf.scalar(2), tf.tensor1d([1, 2])];
    for (let i = 0; i < 3; i++) assert.deepEqual(run(one, one), [-6]);
    assert.equal(done, 2);
    assert.deepEqual(run(one, two), [-13]);
    for (let i = 0; i < 3; i++) assert.deepEqual(run(pair, two), [-13, -12]);
    assert.equal(done, 6);
    assert.deepEqual(run(one, one), [-6]);
    tf.dispose([one, two, pair]);
  }));

test("programs that were not used for long make room, and are made again", () =>
  withoutLeaks(async () => {
    const work = (i: number) => (x: tf.Tensor) => ({ y: tf.add(x, 1000 + i) });
    const replay = new Replay(([x]) => work(0)(x), []);
    const x = tf.scalar(1);
    const run = (): number => tf.tidy(() => replay.run([x]).y.dataSync()[0]);
    for (let i = 0; i < 3; i++) assert.equal(run(), 1001);
    for (let i = 1; i <= 20; i++)
      assertClose((await repeat(work(i))).results[5], [1005 + i, 1001 + i, 1002 + i]);
    for (let i = 0; i < 4; i++) assert.equal(run(), 1001);
    x.dispose();
  }));

test("a resource's value stays with its program, and comes back to whoever wants it", () =>
  withoutLeaks(() => {
    const resource = new Resource([2]);
    tf.tidy(() => resource.write(tf.zeros([2])));
    let done = 0;
    const adder = (factor: number) => {
      const work = ([x]: readonly tf.Tensor[]) => {
        done++;
        resource.write(tf.add(resource.read(), tf.mul(x, factor)));
        return { y: tf.neg(resource.read()) };
      };
      return new Replay(work, []);
    };
    const [ones, tens] = [adder(1), adder(10)];
    const x = tf.tensor1d([1, 2]);
    let expected = 0;
    const run = (replay: Replay, by: number): void => {
      expected += by;
      assertClose(tf.tidy(() => replay.run([x]).y.dataSync()) as Float32Array, [-expected, -2 * expected]);
    };
    for (let i = 0; i < 4; i++) run(ones, 1);
    for (let i = 0; i < 4; i++) run(tens, 10);
    for (let i = 0; i < 3; i++) {
      run(ones, 1);
      run(tens, 10);
    }
    assert.equal(done, 4);
    assertClose(tf.tidy(() => resource.read().dataSync()) as Float32Array, [expected, 2 * expected]);
    run(ones, 1);
    resource.dispose();
    x.dispose();
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
    tf.dispose([a, b, wrong]);
    await Promise.resolve();
  }));
