import assert from "node:assert/strict";
import { before, test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { freeze, headOf, replaceHead } from "../../../src/helpers/model";
import { defaultSteps, fineTune, STRATEGIES } from "../../../src/helpers/train";
import { stripes, weightValues, withoutLeaks } from "../tiny";
import { cardOf, evaluateModel, pretrainedOnStripes } from "./pretrained";

before(async () => (await pretrainedOnStripes()).dispose()); // its parameters are no leak

const few = stripes(12, 5);
const unseen = stripes(90, 9);

for (const strategy of STRATEGIES)
  test(`${strategy} learns, leaks nothing, and its receipt says what it moved`, () =>
    withoutLeaks(async () => {
      const source = await pretrainedOnStripes();
      const target = replaceHead(source, { classes: few.classes, seed: 1 });
      const before = weightValues(target);
      const { receipt, history } = await fineTune(target, few, { strategy, seed: 1, augment: "none" });
      const accuracy = await evaluateModel(target, unseen);
      assert.ok(accuracy > (strategy === "random-frozen" ? 0.5 : 0.6), `accuracy ${accuracy}`);
      assert.ok(history.steps.length >= 40 && !history.stopped);
      const onlyHead = strategy === "option-1" || strategy === "random-frozen";
      assert.equal(receipt.trainable === receipt.layers.at(-1)!.total, onlyHead);
      if (strategy === "option-1") assert.deepEqual(weightValues(target).slice(0, -2), before.slice(0, -2));
      assert.equal(cardOf(target).trainedOn.at(-1)!.how, strategy);
      source.dispose();
      target.dispose();
    }));

test("what is frozen decides where no strategy is named", async () => {
  const source = await pretrainedOnStripes();
  const target = replaceHead(source, { classes: 3, seed: 1 });
  freeze(target, "all-but-head");
  const one = await fineTune(target, few, { seed: 1, augment: "none" });
  assert.equal(one.history.steps.length, 40); // Option 1's full-batch steps
  freeze(target, { upTo: "relu3" });
  const some = await fineTune(target, few, { seed: 1, steps: 3 });
  assert.deepEqual(
    some.receipt.layers.filter(({ frozen }) => !frozen).map(({ name }) => name),
    ["conv4", "norm4", "head"],
  );
  freeze(target, "nothing");
  const all = await fineTune(target, few, { seed: 1, steps: 3 });
  assert.equal(all.receipt.trainable, all.receipt.total);
});

test("Option 1 finds what plain full-batch training of the head on the same features finds", () =>
  withoutLeaks(async () => {
    const source = await pretrainedOnStripes();
    const target = replaceHead(source, { classes: 3, seed: 1 });
    await fineTune(target, few, { strategy: "option-1", seed: 1, augment: "none" });
    // The scaling was folded into the layer: the model's own logits name all training examples.
    assert.equal(await evaluateModel(target, few), 1);
    assert.equal(headOf(target).layer.getWeights()[0].shape.length, 2);
    source.dispose();
    target.dispose();
  }));

test("Option 1 works where the head is part of a nested model", async () => {
  const trunk = tf.sequential({
    name: "trunk",
    layers: [
      tf.layers.conv2d({
        filters: 8,
        kernelSize: 3,
        strides: 2,
        inputShape: [16, 16, 3],
        activation: "relu",
      }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3 }),
    ],
  });
  const input = tf.input({ shape: [16, 16, 3] });
  const scaled = tf.layers.rescaling({ scale: 1 / 255, offset: 0 }).apply(input) as tf.SymbolicTensor;
  const nested = tf.model({ inputs: input, outputs: trunk.apply(scaled) as tf.SymbolicTensor });
  const target = replaceHead(nested, { classes: few.classes, seed: 1 });
  const before = weightValues(target);
  await fineTune(target, few, { strategy: "option-1", seed: 1, augment: "none" });
  assert.deepEqual(weightValues(target).slice(0, -2), before.slice(0, -2));
  assert.ok((await evaluateModel(target, few)) > 0.6);
});

test("the same seed gives the same model", async () => {
  const source = await pretrainedOnStripes();
  const run = async (): Promise<number[][]> => {
    const target = replaceHead(source, { classes: 3, seed: 1 });
    await fineTune(target, few, { strategy: "head-then-all", seed: 1, steps: 3 });
    return weightValues(target);
  };
  assert.deepEqual(await run(), await run());
});

test("default steps grow with the examples, without jumps", () => {
  assert.deepEqual(
    [10, 50, 100, 200, 500, 1000, 5000].map(defaultSteps),
    [100, 100, 120, 150, 200, 250, 500],
  );
  const steps = Array.from({ length: 10_000 }, (_, i) => defaultSteps(i + 1));
  assert.ok(steps.every((s, i) => i === 0 || (s >= steps[i - 1] && s - steps[i - 1] <= 1)));
});

test("an unknown strategy is refused with the known ones", async () => {
  const source = await pretrainedOnStripes();
  await assert.rejects(
    fineTune(source, few, { strategy: "option-3" as "option-1", seed: 1 }),
    /"option-3".*scratch, option-1, option-2/,
  );
  assert.ok(tf.memory().numTensors > 0);
});
