import assert from "node:assert/strict";
import { test } from "node:test";
import type { Examples } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { calibrate } from "../../../src/helpers/evaluate/calibrate";
import { calibrationError, errorOfLogits } from "../../../src/helpers/evaluate/calibration-error";
import { fitTemperature } from "../../../src/helpers/evaluate/temperature";
import { cardOf, copyModel, initialize, replaceHead, setCard, type Card } from "../../../src/helpers/model";
import { confidences } from "../../../src/helpers/model/confidence";
import { random } from "../../../src/helpers/random";
import { fineTune } from "../../../src/helpers/train";
import { assertClose, stripes, tinyNet, withoutLeaks } from "../tiny";
import { pretrainedOnStripes } from "../train/pretrained";

const CLASSES = 4;

/** Logits that are `factor` times as large as the labels, drawn from their softmax, deserve. */
function overconfident(count: number, factor: number): { logits: Float32Array; labels: Int32Array } {
  const chance = random(1);
  const logits = Float32Array.from({ length: count * CLASSES }, () => 2 * chance.normal());
  const shares = confidences(logits, CLASSES);
  const labels = Int32Array.from({ length: count }, (_, i) => {
    let left = chance.uniform();
    for (let c = 0; c < CLASSES - 1; c++) if ((left -= shares[i * CLASSES + c]) < 0) return c;
    return CLASSES - 1;
  });
  return { logits: logits.map((logit) => logit * factor), labels };
}

/** By the definition: `−log softmax(logits / temperature)[label]`, the mean. */
function lossAt(logits: Float32Array, labels: Int32Array, temperature: number): number {
  return tf.tidy(() => {
    const scaled = tf.div(tf.tensor2d(logits, [labels.length, CLASSES]), temperature);
    return tf.losses
      .softmaxCrossEntropy(tf.oneHot(tf.tensor1d(labels, "int32"), CLASSES), scaled)
      .dataSync()[0];
  });
}

test("confidences are the softmax, and never overflow", () => {
  const logits = [3, 1, 0.2, 1000, 0, -1000];
  const plain = tf.tidy(() => tf.softmax(tf.div(tf.tensor2d(logits, [2, 3]), 2)).dataSync());
  assertClose(confidences(logits, 3, 2), plain, 1e-6);
});

test("the temperature that spoilt the logits is found again, as a search over a grid finds it", () => {
  for (const factor of [0.5, 1, 3]) {
    const { logits, labels } = overconfident(4000, factor);
    const found = fitTemperature(logits, labels);
    assert.ok(Math.abs(found / factor - 1) < 0.04, `${found} instead of ${factor}`);
    let best = { temperature: 0, loss: Infinity };
    for (let temperature = 0.3; temperature < 4; temperature *= 1.01) {
      const loss = lossAt(logits, labels, temperature);
      if (loss < best.loss) best = { temperature, loss };
    }
    assert.ok(Math.abs(found / best.temperature - 1) < 0.006, `${found}, on the grid ${best.temperature}`);
  }
});

test("the calibration error is the bins' distances by their counts, and falls when mended", () => {
  // Two bins: sure by 0.9 and right once of two; sure by 0.6 and right.
  const at = (share: number): number[] => [Math.log(share), Math.log(1 - share)];
  const { error, bins } = errorOfLogits([...at(0.9), ...at(0.9), ...at(0.6)], [0, 1, 0], { bins: 4 });
  assert.ok(Math.abs(error - (2 * 0.4 + 1 * 0.4) / 3) < 1e-12, `${error}`);
  assert.deepEqual(
    bins.map(({ count }) => count),
    [0, 0, 1, 2],
  );
  assert.ok(Math.abs(bins[3].confidence - 0.9) < 1e-12 && bins[3].accuracy === 0.5);

  const { logits, labels } = overconfident(4000, 3);
  const before = errorOfLogits(logits, labels).error;
  const after = errorOfLogits(logits, labels, { temperature: fitTemperature(logits, labels) }).error;
  assert.ok(before > 0.12 && after < 0.03, `${before}, ${after}`);
});

test("a few examples that are all named rightly don't make a model infinitely sure", () => {
  const logits = Float32Array.from({ length: 5 * CLASSES }, (_, i) => (i % CLASSES === 0 ? 2 : 0));
  const found = fitTemperature(logits, new Int32Array(5));
  assert.ok(found > 0.3 && found < 1, `${found}`);
});

/** A network whose logits are the four pixels of an image. */
function reader(): tf.LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [1, CLASSES, 1] }),
      tf.layers.dense({ units: CLASSES, useBias: false }),
    ],
  });
  tf.tidy(() => model.setWeights([tf.eye(CLASSES)]));
  const input = { type: "image", height: 1, width: CLASSES, channels: 1, range: [-50, 50] };
  const card = { name: "reader", input, classes: ["a", "b", "c", "d"], output: "logits", trainedOn: [] };
  setCard(model, card as unknown as Card);
  return model;
}

function asExamples({ logits, labels }: { logits: Float32Array; labels: Int32Array }): Examples {
  const { input, classes } = cardOf(reader());
  return { images: logits, labels, count: labels.length, classes, input };
}

test("an overconfident model is mended, its card keeps the temperature, and its answers stay", async () => {
  const model = reader();
  const examples = asExamples(overconfident(4000, 3));
  await withoutLeaks(async () => {
    const before = await calibrationError(model, examples);
    const done = await calibrate(model, examples);
    const after = await calibrationError(model, examples);
    assert.ok(Math.abs(done.temperature / 3 - 1) < 0.04);
    assert.equal(cardOf(model).temperature, done.temperature);
    assertClose([done.before.error, done.after.error], [before.error, after.error], 1e-12);
    assertClose([done.before.loss], [lossAt(examples.images as Float32Array, examples.labels, 1)], 1e-4);
    assert.ok(before.error > 0.12 && after.error < 0.03 && done.after.loss < done.before.loss);
  });
});

test("a temperature is that of the parameters it was fitted to", async () => {
  const model = tinyNet();
  setCard(model, { temperature: 2 });
  const copy = copyModel(model);
  assert.equal(cardOf(copy).temperature, 2);
  const target = replaceHead(model, { classes: 3, seed: 1 });
  assert.ok(!("temperature" in cardOf(target)));
  await fineTune(copy, stripes(9), { strategy: "option-1", seed: 1, augment: "none", steps: 2 });
  assert.ok(!("temperature" in cardOf(copy)));
  [model, copy, target].forEach((m) => m.dispose());
});

test("where there are no examples to spare, copies are trained on the others", async () => {
  const source = await pretrainedOnStripes();
  const few = stripes(30, 4);
  // Labels that are wrong now and then, so that a model which has learned them by heart is too sure.
  for (let i = 0; i < few.count; i += 4) few.labels[i] = (few.labels[i] + 1) % 3;
  const train = { strategy: "option-1", seed: 2, augment: "none" } as const;
  const model = replaceHead(source, { classes: few.classes, seed: 2 });
  await fineTune(model, few, train);
  await withoutLeaks(async () => {
    const heldOut = await calibrate(model, few, { source, ...train, folds: 3 });
    assert.ok(heldOut.temperature > 1.5, `${heldOut.temperature}`);
    const byHeart = await calibrate(model, few);
    assert.ok(byHeart.temperature < heldOut.temperature / 2, `${byHeart.temperature}`);
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await assert.rejects(calibrate(model, few, { source, ...train, signal: controller.signal }), /enough/);
    assert.equal(cardOf(model).temperature, byHeart.temperature);
  });
  [source, model].forEach((m) => m.dispose());
});

test("what can't be calibrated is refused", async () => {
  const model = tinyNet(1, 4);
  initialize(model, { seed: 1 });
  await assert.rejects(calibrate(model, stripes(6)), /Cannot calibrate: .* tells 4 classes apart/);
  await assert.rejects(calibrationError(model, stripes(6)), /Cannot measure the calibration/);
  const own = reader();
  await assert.rejects(calibrationError(own, asExamples(overconfident(3, 1)), { bins: 0 }), /Received: 0/);
  own.setUserDefinedMetadata({});
  await assert.rejects(calibrate(own, asExamples(overconfident(3, 1))), /Cannot read the card/);
  model.dispose();
});
