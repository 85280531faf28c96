import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadDataset, pick, type InputSpec } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import {
  preferredImage,
  preferredImages,
  type PreferredImage,
} from "../../../src/helpers/inspect/preferred-image";
import { receptiveField } from "../../../src/helpers/inspect/receptive-field";
import { drawStimulus, stimulusBank } from "../../../src/helpers/inspect/stimuli";
import { topPatches } from "../../../src/helpers/inspect/top-patches";
import { buildConvNet, initialize, loadModel } from "../../../src/helpers/model";
import { random } from "../../../src/helpers/random";
import { setReporter, type Progress } from "../../../src/helpers/report";
import { assertClose, tinyNet, weightValues, withoutLeaks } from "../tiny";
import { coloured, drawn, gabor, networkOf } from "./planted-kernels";
import { loadDarknet, skipDarknet } from "./tiny-darknet";

const SHIPPED = join(__dirname, "../../../data/pretrained/cifar10-convnet");
const mirror = process.env.TRANSFER_LAB_MIRROR;
const skip = mirror ? false : "needs real CIFAR-10: set TRANSFER_LAB_MIRROR";

const specOf = (side: number, channels: number): InputSpec => ({
  ...{ type: "image", height: side, width: side, channels },
  range: [0, 1],
});

/** What a layer gives for the image, with noise around it. */
function answer(model: tf.LayersModel, layer: string, image: PreferredImage, whole: InputSpec): tf.Tensor {
  const { pixels, box, width, channels } = image;
  const [low, high] = whole.range;
  const chance = random(9);
  const values = Float32Array.from(
    { length: whole.height * whole.width * channels },
    () => low + (high - low) * chance.uniform(),
  );
  for (let y = box.top; y < box.bottom; y++) {
    const row = pixels.subarray((y - box.top) * width * channels, (y - box.top + 1) * width * channels);
    values.set(row, (y * whole.width + box.left) * channels);
  }
  return tf.tidy(() => {
    const upTo = tf.model({ inputs: model.inputs, outputs: model.getLayer(layer).output });
    return upTo.predict(tf.tensor4d(values, [1, whole.height, whole.width, channels])) as tf.Tensor;
  });
}

test("a planted grating is found: nearly the strongest answer there can be, above every stimulus", async () => {
  for (const channels of [1, 3]) {
    const kernels = [0, 20, 60, 90, 130].map((angle, i) => {
      const grating = gabor({ angle, frequency: 1 / (5 + i), phase: 1, across: 6 });
      return coloured(drawn(grating, 11), new Array<number>(channels).fill(1));
    });
    const model = networkOf(kernels, 11, channels);
    const input = specOf(32, channels);
    const images = await preferredImages(model, "planted", [0, 1, 2, 3, 4], { input });
    const bank = stimulusBank({ channels }).filter(({ colour }) => colour === "luminance");
    const strongest = tf.tidy(() => {
      const pictures = bank.map((stimulus) => tf.tensor(drawStimulus(stimulus, input), [32, 32, channels]));
      return tf.max(model.predict(tf.stack(pictures)) as tf.Tensor, [0, 1, 2]).dataSync();
    });
    images.forEach(({ unit, pixels, height, width, activation, start }) => {
      assert.deepEqual([height, width], [11, 11]);
      const kernel = kernels[unit];
      const most = kernel.reduce((sum, weight) => sum + Math.max(0, weight), 0);
      const own = kernel.reduce((sum, weight, i) => sum + weight * pixels[i], 0);
      assert.ok(Math.abs(activation - own) < 1e-3, `${activation} is the kernel's answer, ${own}`);
      assert.ok(activation > 0.8 * most, `unit ${unit}: ${activation} of ${most}`);
      assert.ok(activation > strongest[unit], `unit ${unit}: ${activation}, a stimulus: ${strongest[unit]}`);
      assert.ok(activation - start > 0.5 * most, `unit ${unit}: ${start} → ${activation}`);
      const centred = pixels.map((pixel) => pixel - 0.5);
      const cosine =
        centred.reduce((sum, pixel, i) => sum + pixel * kernel[i], 0) /
        (Math.hypot(...centred) * Math.hypot(...kernel));
      assert.ok(cosine > 0.8, `unit ${unit}: cosine ${cosine}`);
    });
    model.dispose();
  }
});

test("an image is what the unit in the middle sees, and what lies around it doesn't matter", async () => {
  const model = await loadModel(SHIPPED);
  const whole: InputSpec = { ...specOf(32, 3), range: [0, 255] };
  for (const [layer, readAt, place] of [
    ["conv1", "norm1", 8],
    ["conv2", "norm2", 4],
    ["conv3", "norm3", 2],
    ["conv4", "norm4", 2],
  ] as const) {
    const image = await preferredImage(model, layer, 7, { steps: 4 });
    assert.deepEqual([image.layer, image.readAt, image.unit], [layer, readAt, 7]);
    assert.deepEqual(image.box, receptiveField(model, readAt).inside(place, place));
    assert.deepEqual(image.height, image.box.bottom - image.box.top);
    assert.deepEqual([image.pixels.length, image.range], [image.height * image.width * 3, [0, 255]]);
    tf.tidy(() => {
      const map = answer(model, readAt, image, whole);
      const [there] = map.slice([0, place, place, 7], [1, 1, 1, 1]).dataSync();
      assert.ok(Math.abs(there - image.activation) < 1e-3, `${layer}: ${there}, ${image.activation}`);
    });
  }
  const texture = await preferredImage(model, "conv2", 7, { steps: 16, at: "channel" });
  assert.deepEqual([texture.height, texture.width], [32, 32]);
  tf.tidy(() => {
    const map = answer(model, "norm2", texture, whole).slice([0, 0, 0, 7], [1, -1, -1, 1]);
    const [mean] = tf.mean(map).dataSync();
    assert.ok(Math.abs(mean - texture.activation) < 1e-3, `${mean}, ${texture.activation}`);
  });
  assert.ok(texture.activation > texture.start + 1);
  model.dispose();
});

test("answers of the shipped network rise far, and its classes' images are taken for them", async () => {
  const model = await loadModel(SHIPPED);
  const before = weightValues(model);
  await withoutLeaks(async () => {
    const images = await preferredImages(model, "conv3", [0, 1, 2, 3, 4, 5, 6, 7], { steps: 64 });
    for (const { unit, pixels, activation, start } of images) {
      assert.ok(activation > start + 8, `unit ${unit}: ${start} → ${activation}`);
      assert.ok(pixels.every((pixel) => pixel >= 0 && pixel <= 255));
    }
    const classes = await preferredImages(model, "head", [3, 8], { steps: 32 });
    for (const image of classes)
      tf.tidy(() => {
        const logits = answer(model, "head", image, { ...specOf(32, 3), range: [0, 255] });
        assert.equal(tf.argMax(logits, 1).dataSync()[0], image.unit);
        assert.ok(Math.abs(logits.dataSync()[image.unit] - image.activation) < 1e-3);
      });
  });
  assert.deepEqual(weightValues(model), before);
  model.dispose();
});

test("they excite nearly all units more than any of 1,000 photographs does", { skip }, async () => {
  const model = await loadModel(SHIPPED);
  const photos = (await loadDataset("cifar10")).test;
  const order = random(1).shuffle(Array.from({ length: photos.count }, (_, i) => i));
  const thousand = pick(photos, order.slice(0, 1000));
  for (const [layer, every] of [
    ["conv1", 2],
    ["conv2", 4],
    ["conv3", 16],
  ] as const) {
    const count = model.getLayer(layer).outputShape.at(-1) as number;
    const units = Array.from({ length: count / every }, (_, i) => i * every);
    const images = await preferredImages(model, layer, units, { steps: 64 });
    const best = (await topPatches(model, layer, thousand, { units, perUnit: 1 })).units;
    const above = images.filter(({ activation }, i) => activation > best[i].patches[0].value);
    assert.ok(above.length >= 0.9 * units.length, `${layer}: ${above.length} of ${units.length}`);
  }
  model.dispose();
});

test("the same seed gives the same image, alone or among others; another seed another", async () => {
  const model = tinyNet(5);
  const few = { steps: 8 };
  const three = await preferredImages(model, "conv2", [40, 3, 11], few);
  assert.deepEqual(await preferredImages(model, "conv2", [40, 3, 11], few), three);
  assert.deepEqual(
    three.map(({ unit }) => unit),
    [40, 3, 11],
  );
  const alone = await preferredImage(model, "conv2", 3, { ...few, seed: 1 });
  assertClose(alone.pixels, three[1].pixels, 0.5);
  const other = await preferredImage(model, "conv2", 3, { ...few, seed: 2 });
  const apart = other.pixels.reduce((sum, pixel, i) => sum + Math.abs(pixel - alone.pixels[i]), 0);
  assert.ok(apart / other.pixels.length > 5, `${apart / other.pixels.length} apart`);
  model.dispose();
});

test("many large images are found in several batches, as if they were one", async () => {
  const model = buildConvNet({ inputShape: [96, 96, 3], classes: 2, seed: 1 });
  const units = Array.from({ length: 40 }, (_, unit) => unit);
  const told: Progress[] = [];
  setReporter({ line: () => {}, progress: (progress) => void told.push(progress) });
  try {
    await withoutLeaks(async () => {
      const options = { steps: 2, at: "channel" } as const;
      const all = await preferredImages(model, "conv2", units, options);
      assert.deepEqual(
        all.map(({ unit }) => unit),
        units,
      );
      const progress = told.map(({ done }) => done);
      assert.ok(progress.length > 2, "several batches");
      assert.deepEqual(
        progress,
        [...progress].sort((a, b) => a - b),
      );
      assert.deepEqual([told[0].unit, progress.at(-1), told[0].total], ["steps", 80, 80]);
      const last = await preferredImage(model, "conv2", 39, options);
      assertClose(last.pixels, all[39].pixels, 0.5);
      assert.ok(Math.abs(last.start - all[39].start) < 1e-4);
    });
  } finally {
    setReporter();
  }
  model.dispose();
});

test("nested models, activations inside of layers and grey images are fine", async () => {
  const trunk = tf.sequential({
    name: "trunk",
    layers: [
      tf.layers.conv2d({
        name: "first",
        inputShape: [21, 25, 1],
        filters: 4,
        kernelSize: 3,
        activation: "relu",
      }),
      tf.layers.conv2d({ name: "second", filters: 4, kernelSize: 3, strides: 2, activation: "tanh" }),
    ],
  });
  const head = tf.layers.dense({ name: "out", units: 3, activation: "softmax" });
  const model = tf.sequential({ layers: [trunk, tf.layers.flatten(), head] });
  initialize(model, { seed: 4 });
  const input: InputSpec = { ...specOf(21, 1), width: 25, range: [-1, 1] };
  const second = await preferredImage(model, "trunk/second", 2, { input, steps: 16 });
  assert.deepEqual([second.height, second.width, second.channels], [5, 5, 1]);
  assert.ok(second.activation > second.start && second.pixels.some((pixel) => pixel < 0));
  const out = await preferredImage(model, "out", 1, { input, steps: 16 });
  assert.deepEqual([out.readAt, out.height, out.width], ["out", 21, 25]);
  tf.tidy(() => {
    const [kernel, bias] = head.getWeights();
    const features = trunk.predict(tf.tensor4d(out.pixels, [1, 21, 25, 1])) as tf.Tensor;
    const logits = tf.add(tf.matMul(tf.reshape(features, [1, -1]), kernel as tf.Tensor2D), bias);
    assert.ok(Math.abs(logits.dataSync()[1] - out.activation) < 1e-4, "before the softmax");
  });
  model.dispose();
});

test("it can be stopped, and nothing is left behind", async () => {
  const model = tinyNet();
  const stop = new AbortController();
  const reason = new Error("enough");
  let steps = 0;
  setReporter({ line: () => {}, progress: () => void (++steps === 3 && stop.abort(reason)) });
  try {
    await withoutLeaks(() =>
      assert.rejects(preferredImages(model, "conv3", [1, 2], { signal: stop.signal }), /enough/),
    );
    assert.equal(steps, 3);
    await withoutLeaks(() =>
      assert.rejects(preferredImage(model, "head", 1, { signal: AbortSignal.abort() }), {
        name: "AbortError",
      }),
    );
  } finally {
    setReporter();
  }
  model.dispose();
});

test("what cannot be asked for is refused", async () => {
  const model = tinyNet();
  const before = tf.memory().numTensors;
  await assert.rejects(
    preferredImage(model, "conv9", 0),
    /Cannot find preferred images for "conv9".*"conv1"/,
  );
  await assert.rejects(preferredImage(model, "conv1", 32), /for unit 32: "conv1" has the units 0 to 31/);
  await assert.rejects(preferredImage(model, "head", 1.5), /for unit 1.5: "head" has the units 0 to 2/);
  await assert.rejects(preferredImages(model, "conv1", []), /for no units/);
  await assert.rejects(preferredImage(model, "conv1", 0, { steps: 0 }), /from 1.*Received: 0, 0/);
  await assert.rejects(preferredImage(model, "conv1", 0, { jitter: -1 }), /Received: 128, -1/);
  const at = "middle" as unknown as "centre";
  await assert.rejects(preferredImage(model, "conv1", 0, { at }), /"centre" or "channel".*"middle"/);
  await assert.rejects(
    preferredImage(model, "conv1", 0, { input: specOf(20, 3) }),
    /"convnet" takes \[16, 16, 3\].*\[20, 20, 3\]/,
  );
  await assert.rejects(preferredImage(model, "conv1", 0, { seed: 0.5 }), /a seed is a whole number/);
  assert.equal(tf.memory().numTensors, before);
  model.dispose();
});

test(
  "Tiny Darknet's units are met too, where they see little and where they see all",
  { skip: skipDarknet },
  async () => {
    const model = await loadDarknet();
    const input = specOf(224, 3);
    await withoutLeaks(async () => {
      const shapes = await preferredImages(model, "conv2d_6", [1, 90], { input, steps: 32 });
      for (const { height, width, activation, start, pixels } of shapes) {
        assert.deepEqual([height, width], [26, 26]);
        assert.ok(activation > start + 10, `${start} → ${activation}`);
        assert.ok(pixels.every((pixel) => pixel >= 0 && pixel <= 1));
      }
      const bee = await preferredImage(model, "global_average_pooling2d_1", 629, { input, steps: 12 });
      assert.deepEqual([bee.height, bee.width], [224, 224]);
      assert.ok(bee.activation > bee.start + 5, `${bee.start} → ${bee.activation}`);
      const named = tf.tidy(() => {
        const logits = model.predict(tf.tensor4d(bee.pixels, [1, 224, 224, 3])) as tf.Tensor;
        return tf.argMax(logits, 1).dataSync()[0];
      });
      assert.equal(named, 629); // Darknet numbers bees so
    });
    model.dispose();
  },
);
