/** All that a transfer does, on networks as others publish them: with 1×1 output convolutions and softmaxes. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { adapt, loadDataset, sample, selectClasses, type Examples } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { evaluate } from "../../../src/helpers/evaluate";
import {
  cardOf,
  copyModel,
  freeze,
  graphOf,
  headOf,
  loadModel,
  predictLogits,
  replaceHead,
  saveModel,
  summarize,
  weightedLayers,
} from "../../../src/helpers/model";
import { loadPretrained } from "../../../src/helpers/model/load-pretrained";
import { random } from "../../../src/helpers/random";
import { fineTune, train } from "../../../src/helpers/train";
import { withData } from "../data/make-files";
import { filesOf, outputOf, publishedMobileNet, randomPixels, writeFiles } from "../model/published";
import { weightValues, withoutLeaks } from "../tiny";

const mirror = process.env.TRANSFER_LAB_MIRROR;
const has = (set: string): boolean => !!mirror && existsSync(join(mirror, set));
const skip = has("tiny-darknet") ? false : "no real Tiny Darknet here: TRANSFER_LAB_MIRROR has none";

/** Dim and bright noise. */
function brightness(count: number, side: number): Examples {
  const chance = random(3);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const length = side * side * 3;
  const images = Uint8Array.from(
    { length: count * length },
    (_, i) => 100 * labels[Math.floor(i / length)] + chance.int(120),
  );
  const input = {
    type: "image" as const,
    height: side,
    width: side,
    channels: 3,
    range: [0, 255] as [number, number],
  };
  return { images, labels, count, classes: ["dim", "bright"], input };
}

/** Replaces the head, trains by both options, saves, loads and copies; the source stays as it was. */
async function transfer(source: tf.LayersModel, side: number): Promise<void> {
  const before = weightValues(source);
  const examples = brightness(16, side);
  await assert.rejects(fineTune(source, examples, { seed: 1 }), /tells 1000 classes apart.*Call replaceHead/);
  const logits = await predictLogits(source, brightness(2, side));
  assert.ok(logits.length === 2000 && logits.every(Number.isFinite));

  const target = replaceHead(source, { classes: examples.classes, seed: 1 });
  const { output, classes, accuracy, licence, trainedOn } = cardOf(target);
  assert.deepEqual([output, classes, accuracy], ["logits", ["dim", "bright"], null]);
  assert.deepEqual([licence, trainedOn], [cardOf(source).licence, cardOf(source).trainedOn]);
  assert.equal(headOf(target).name, "head");
  const steps = graphOf(target);
  assert.deepEqual([steps[0].name, steps.at(-1)!.name], ["rescale", "head"]);
  assert.ok(summarize(target).every(({ name }) => !name.includes("/")));

  freeze(target, "all-but-head");
  const first = await fineTune(target, examples, { seed: 1, augment: "none" });
  assert.deepEqual(
    first.receipt.layers.filter((layer) => layer.largestChange > 0).map(({ name }) => name),
    ["head"],
  );
  assert.equal(first.receipt.trainable, first.receipt.layers.at(-1)!.total);
  assert.equal((await evaluate(target, examples)).accuracy, 1, "brightness is easily told");
  // The same, by the loop that asks the frozen layers at every step.
  const slow = await train(target, examples, { seed: 1, steps: 1, batchSize: 8 });
  assert.ok(slow.receipt.layers.every(({ name, largestChange }) => name === "head" || largestChange === 0));

  freeze(target, "nothing");
  const second = await fineTune(target, examples, {
    seed: 1,
    augment: "none",
    steps: 2,
    batchSize: 8,
    learningRate: 1e-4,
  });
  assert.ok(
    second.receipt.layers.every(({ largestChange }) => largestChange > 0),
    "all layers move",
  );
  assert.equal(second.receipt.layers.length, weightedLayers(target).length);

  const x = randomPixels(2, side);
  const expected = outputOf(target, x);
  await withData({}, async (folder) => {
    await saveModel(target, join(folder, "model"));
    const loaded = await loadModel(join(folder, "model"));
    const copy = copyModel(loaded);
    for (const model of [loaded, copy]) {
      assert.deepEqual(outputOf(model, x), expected);
      assert.deepEqual(cardOf(model), cardOf(target));
      const again = replaceHead(model, { classes: 3, seed: 2 });
      assert.deepEqual(weightValues(again).slice(0, -2), weightValues(target).slice(0, -2));
      again.dispose();
    }
    loaded.dispose();
    copy.dispose();
  });
  assert.deepEqual(weightValues(source), before, "the source is as it was");
  x.dispose();
  target.dispose();
}

test("MobileNet: replaced head, both options, saved, loaded, copied", () =>
  withoutLeaks(async () => {
    const published = publishedMobileNet({ side: 32 });
    await withData({}, async (folder) => {
      await writeFiles(folder, await filesOf(published));
      const source = await loadPretrained(folder, { range: [-1, 1] });
      assert.equal(cardOf(source).output, "probabilities");
      await transfer(source, 32);
      source.dispose();
    });
    published.dispose();
  }));

test("real Tiny Darknet: replaced head, both options, saved, loaded, copied", { skip }, () =>
  withoutLeaks(async () => {
    await withData({ TRANSFER_LAB_MIRROR: mirror }, async () => {
      const source = await loadPretrained("tiny-darknet");
      await transfer(source, 224);
      source.dispose();
    });
  }),
);

const skipReal =
  !skip && has("cifar10") ? false : "needs real Tiny Darknet and CIFAR-10: set TRANSFER_LAB_MIRROR";

test(
  "real Tiny Darknet tells aeroplanes from frogs after Option 1 on a hundred photographs",
  { skip: skipReal },
  async (t) => {
    const two = selectClasses(await loadDataset("cifar10"), ["airplane", "frog"]);
    const source = await loadPretrained("tiny-darknet");
    const [few, unseen] = [
      sample(two.train, { size: 100, seed: 1 }),
      sample(two.test, { size: 200, seed: 1 }),
    ];
    const [own, test] = [few, unseen].map((part) => adapt(part, { like: source }));
    const target = replaceHead(source, { classes: own.classes, seed: 1 });
    freeze(target, "all-but-head");
    const start = performance.now();
    await fineTune(target, own, { seed: 1, augment: "none" });
    t.diagnostic(`Option 1 took ${((performance.now() - start) / 1000).toFixed(1)} s`);
    const { accuracy } = await evaluate(target, test);
    t.diagnostic(`accuracy ${accuracy}`);
    assert.ok(accuracy > 0.85, `${accuracy}`); // half would be chance
    source.dispose();
    target.dispose();
  },
);
