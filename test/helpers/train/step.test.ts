import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { freeze, INPUT, trainingPass, weightedLayers, weightsOf } from "../../../src/helpers/model";
import { train, type TrainOptions } from "../../../src/helpers/train";
import { adamw } from "../../../src/helpers/train/optimizer";
import type { Batch } from "../../../src/helpers/train/prefix-cache";
import { TrainingStep } from "../../../src/helpers/train/step";
import { operationsOf, withStock } from "../engine/native/compare";
import { assertClose, stripes, tinyNet, weightValues, withoutLeaks } from "../tiny";

/** Two branches, a bias, a leaky ReLU, a mean: what {@link tinyNet} hasn't. */
function branching(): tf.LayersModel {
  const input = tf.input({ shape: [16, 16, 3] });
  const seed = 1;
  const kernelInitializer = tf.initializers.heNormal({ seed });
  const conv = (filters: number) =>
    tf.layers.conv2d({ filters, kernelSize: 3, padding: "same", kernelInitializer });
  const scaled = tf.layers.rescaling({ scale: 1 / 255 }).apply(input);
  const a = tf.layers.leakyReLU().apply(conv(8).apply(scaled));
  const b = tf.layers.activation({ activation: "relu6" }).apply(conv(8).apply(scaled));
  const both = tf.layers.add().apply([a, b] as tf.SymbolicTensor[]);
  const depthwise = tf.layers
    .depthwiseConv2d({ kernelSize: 3, strides: 2, depthwiseInitializer: kernelInitializer })
    .apply(both);
  const pooled = tf.layers.globalAveragePooling2d({}).apply(depthwise);
  const outputs = tf.layers.dense({ units: 3, kernelInitializer }).apply(pooled) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs });
}

const examples = stripes(40);

for (const [name, make] of Object.entries({ plain: () => tinyNet(), branching }))
  for (const optimizer of ["sgd", "adamw"] as const)
    test(`${name}, ${optimizer}: the same seed gives what it gives with native operations off`, async () => {
      const options: TrainOptions = {
        seed: 1,
        steps: 10,
        batchSize: 16, // batches of 16, 16 and 8
        optimizer,
        learningRate: 1e-3,
        weightDecay: 0.01,
        augment: "light",
      };
      const run = async () => {
        const model = make();
        const { history } = await train(model, examples, options);
        const losses = history.steps.map(({ loss }) => loss);
        const values = weightValues(model);
        model.dispose();
        return { losses, values };
      };
      const [native, stock] = [await run(), await withStock(run)];
      assertClose(native.losses.slice(0, 2), stock.losses.slice(0, 2), 1e-4);
      // Where two values of a window differ by less than rounding, another one may be the maximum, and from
      // there the two runs part a little: stock does so, too, when its parameters are changed by 1e-7.
      assertClose(native.losses, stock.losses, 2e-2);
      native.values.forEach((values, i) => assertClose(values, stock.values[i], 2e-2));
    });

/** A batch that goes through the whole model. */
function wholeBatch(model: tf.LayersModel, x: tf.Tensor): Batch {
  const pass = trainingPass(model);
  return { x, from: INPUT, logitsOf: (images) => pass(images) as tf.Tensor2D };
}

/** A step on a fixed batch. */
function stepper(model: tf.LayersModel) {
  const optimizer = adamw();
  const step = new TrainingStep(model, optimizer, () => ({ learningRate: 1e-3, weightDecay: 0 }));
  const x = tf.tensor4d(Float32Array.from(examples.images.subarray(0, 12 * 768)), [12, 16, 16, 3]);
  const y = tf.tidy(() => tf.oneHot(tf.range(0, 12, 1, "int32").mod(3).toInt(), 3).toFloat() as tf.Tensor2D);
  return {
    step,
    run: () => step.run(wholeBatch(model, x), y).dispose(),
    dispose() {
      optimizer.dispose();
      tf.dispose([x, y]);
    },
  };
}

for (const [name, make] of Object.entries({ plain: () => tinyNet(), branching }))
  test(`${name}: steps that are played move the parameters as others do, and each time to the same bit`, () =>
    withoutLeaks(() => {
      const train = (played: boolean): number[][] => {
        const model = make();
        const { step, run, dispose } = stepper(model);
        if (!played) Reflect.set(step, "isSteady", false);
        for (let i = 0; i < 6; i++) run();
        const values = weightValues(model);
        dispose();
        model.dispose();
        return values;
      };
      const played = train(true);
      assert.deepEqual(train(true), played);
      train(false).forEach((values, i) => assertClose(values, played[i], 1e-6));
    }));

test("what is frozen between two steps holds still from the next one on", () =>
  withoutLeaks(() => {
    const model = tinyNet();
    const { run, dispose } = stepper(model);
    for (let i = 0; i < 4; i++) run();
    freeze(model, { upTo: "relu2" });
    const before = weightValues(model);
    for (let i = 0; i < 4; i++) run();
    const after = weightValues(model);
    const frozen = weightedLayers(model)
      .slice(0, 4)
      .flatMap(({ layer }) => weightsOf(layer)).length;
    assert.deepEqual(after.slice(0, frozen), before.slice(0, frozen), "frozen, running statistics too");
    assert.notDeepEqual(after[frozen], before[frozen], "conv3");
    freeze(model, "nothing");
    run();
    assert.notDeepEqual(weightValues(model)[0], before[0], "conv1, unfrozen");
    dispose();
    model.dispose();
  }));

test("after two steps TensorFlow.js is asked for nothing any more", () =>
  withoutLeaks(() => {
    const model = tinyNet();
    const { run, dispose } = stepper(model);
    assert.ok(operationsOf(run).includes("Conv2D"));
    run();
    run();
    assert.deepEqual(operationsOf(run), []);
    dispose();
    model.dispose();
  }));

test("dropout draws anew in every step", () =>
  withoutLeaks(async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [16, 16, 3] }),
        tf.layers.dropout({ rate: 0.5 }),
        tf.layers.dense({ units: 3 }),
      ],
    });
    const optimizer = adamw();
    const step = new TrainingStep(model, optimizer, () => ({ learningRate: 0, weightDecay: 0 }));
    const [x, y] = [tf.ones([1, 16, 16, 3]) as tf.Tensor4D, tf.tensor2d([[1, 0, 0]])];
    const seen = new Set<number>();
    for (let i = 0; i < 5; i++) {
      const logits = step.run(wholeBatch(model, x), y);
      seen.add((await logits.data())[0]);
      logits.dispose();
    }
    assert.equal(seen.size, 5);
    optimizer.dispose();
    tf.dispose([x, y]);
    model.dispose();
  }));
