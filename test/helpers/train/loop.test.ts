import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { freeze, replaceHead } from "../../../src/helpers/model";
import { train, type TrainOptions } from "../../../src/helpers/train";
import { stripes, tinyNet, weightValues, withoutLeaks } from "../tiny";

const examples = stripes(60);
const options: TrainOptions = { seed: 1, epochs: 4, batchSize: 16, learningRate: 3e-3 };

test("it learns: the loss falls and the training set is named rightly", async () => {
  const model = tinyNet();
  const { history } = await train(model, examples, options);
  assert.equal(history.steps.length, 16);
  assert.equal(history.epochs.length, 4);
  assert.ok(history.epochs[3].loss < 0.3 * history.epochs[0].loss, JSON.stringify(history.epochs));
  assert.ok(history.epochs[3].accuracy > 0.9);
});

test("the same seed gives the same parameters and history; another order gives others", async () => {
  const run = async (seed: number) => {
    const model = tinyNet();
    const { history } = await train(model, examples, {
      ...options,
      seed,
      steps: 5,
      epochs: undefined,
      augment: "light",
    });
    return { weights: weightValues(model), history };
  };
  const [a, b, c] = [await run(1), await run(1), await run(2)];
  assert.deepEqual(a, b);
  assert.notDeepEqual(a.history.steps[1].loss, c.history.steps[1].loss);
});

test("1,000 steps leave no tensor behind", () =>
  withoutLeaks(async () => {
    const model = tinyNet();
    freeze(model, { upTo: "relu4" }); // the quick part; optimiser and loop are the same
    const before = tf.memory().numTensors;
    await train(model, stripes(8), {
      seed: 1,
      steps: 1000,
      batchSize: 4,
      optimizer: "sgd",
      learningRate: 1e-3,
      augment: "photo",
    });
    assert.equal(tf.memory().numTensors, before);
    model.dispose();
  }));

test("a signal stops it between two steps, with a usable model and its history", async () => {
  const model = tinyNet();
  const controller = new AbortController();
  const { history, receipt } = await train(model, examples, {
    ...options,
    signal: controller.signal,
    onStep: ({ step }) => (step === 3 ? controller.abort() : undefined),
  });
  assert.equal(history.steps.length, 3);
  assert.ok(history.stopped);
  assert.ok(receipt.layers.some(({ largestChange }) => largestChange > 0));
  await train(model, examples, { ...options, epochs: 1 }); // it can go on
});

test("early stopping returns to the best parameters and trains on no held-out example", async () => {
  const model = tinyNet();
  const { history } = await train(model, examples, {
    ...options,
    epochs: 30,
    learningRate: 0.03,
    earlyStopping: { heldOut: 0.3, patience: 2 },
  });
  const losses = history.epochs.map(({ heldOutLoss }) => heldOutLoss!);
  assert.ok(history.stopped && losses.length < 30, `${losses.length} epochs`);
  assert.equal(losses.indexOf(Math.min(...losses)), losses.length - 3);
  assert.equal(history.steps.filter(({ epoch }) => epoch === 1).length, Math.round(42 / 16));
});

test("a loss that is not a number stops it, names step and rate, and restores the parameters", () =>
  withoutLeaks(async () => {
    const model = tinyNet();
    const before = weightValues(model);
    const broken = { ...examples, images: Float32Array.from(examples.images), input: { ...examples.input } };
    broken.images[5] = NaN;
    await assert.rejects(
      train(model, broken, { ...options, batchSize: 60, epochs: 1 }),
      /loss became NaN at step 1, with a learning rate of/,
    );
    assert.deepEqual(weightValues(model), before);
    model.dispose();
  }));

test("layer rates and layer decay reach their layers only", async () => {
  const model = tinyNet();
  const before = weightValues(model);
  const rates = Object.fromEntries(
    ["conv1", "norm1", "conv2", "norm2", "conv3", "norm3", "conv4", "norm4"].map((name) => [name, 0]),
  );
  await train(model, examples, { ...options, epochs: undefined, steps: 2, layerRates: rates });
  const after = weightValues(model);
  assert.deepEqual(after[0], before[0], "conv1 at rate 0");
  assert.notDeepEqual(after.at(-2), before.at(-2), "the head at rate 1");

  const decayed = tinyNet();
  await train(decayed, examples, {
    ...options,
    optimizer: "sgd",
    epochs: undefined,
    steps: 1,
    learningRate: 0.01,
    layerDecay: { conv1: 50 },
  });
  const plain = tinyNet();
  await train(plain, examples, {
    ...options,
    optimizer: "sgd",
    epochs: undefined,
    steps: 1,
    learningRate: 0.01,
  });
  const norm = (values: number[]): number => Math.hypot(...values);
  const [small, large] = [weightValues(decayed), weightValues(plain)];
  assert.ok(norm(small[0]) < 0.6 * norm(large[0]));
  assert.deepEqual(small.at(-2), large.at(-2));
});

test("what cannot be trained is refused with what to do", async () => {
  const model = tinyNet();
  const wrong = (more: Partial<TrainOptions>): Promise<unknown> =>
    train(model, examples, { ...options, ...more });
  await assert.rejects(wrong({ steps: 3 }), /either epochs or steps/);
  await assert.rejects(wrong({ batchSize: 0 }), /batchSize is a whole number from 1. Received: 0/);
  await assert.rejects(wrong({ learningRate: -1 }), /learningRate is zero or more. Received: -1/);
  await assert.rejects(
    train(tinyNet(1, 4), examples, options),
    /tells 4 classes apart, the examples have 3. Call replaceHead/,
  );
  const grey = { ...examples, input: { ...examples.input, channels: 1 } };
  await assert.rejects(
    train(model, grey, options),
    /takes images of 16×16×3, the examples are 16×16×1. Call adapt/,
  );
  const halved = { ...examples, input: { ...examples.input, range: [0, 1] as [number, number] } };
  await assert.rejects(
    train(model, halved, options),
    /takes values 0…255, the examples have 0…1. Call adapt/,
  );
  const audio = { ...examples, input: { ...examples.input, type: "audio" as const } };
  await assert.rejects(train(model, audio, options), /transfers only between data of the same input type/);
  freeze(
    model,
    model.layers.map(({ name }) => name),
  );
  await assert.rejects(train(model, examples, options), /all its layers are frozen/);
  const soft = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [16, 16, 3] }),
      tf.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  await assert.rejects(train(soft, examples, options), /ends in a softmax.*Call replaceHead/);
  await train(replaceHead(soft, { classes: 3, seed: 1 }), examples, { ...options, epochs: 1 });
});
