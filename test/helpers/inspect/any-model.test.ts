/** Everything that looks into a network works on networks of other programs: branching, nested, with activations
 * inside of convolutions, depthwise, grey, without a card. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inputSpecOf, pick, type Examples, type InputSpec } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { activations } from "../../../src/helpers/inspect/activations";
import { detectorCensus } from "../../../src/helpers/inspect/census";
import { enlarge } from "../../../src/helpers/inspect/enlarge";
import { firstLayerFilters } from "../../../src/helpers/inspect/first-layer-filters";
import { gradCam } from "../../../src/helpers/inspect/grad-cam";
import { nearestTrainingImages } from "../../../src/helpers/inspect/nearest";
import { receptiveField } from "../../../src/helpers/inspect/receptive-field";
import { stimulusBank } from "../../../src/helpers/inspect/stimuli";
import { topPatches } from "../../../src/helpers/inspect/top-patches";
import { initialize } from "../../../src/helpers/model";
import { random } from "../../../src/helpers/random";
import { setReporter } from "../../../src/helpers/report";
import { assertClose, withoutLeaks } from "../tiny";
import { loadDarknet, skipDarknet } from "./tiny-darknet";

type Symbolic = tf.SymbolicTensor;

const conv = (name: string, filters: number, kernelSize: number, more: object = {}) =>
  tf.layers.conv2d({ name, filters, kernelSize, padding: "same", ...more });

function branching(): tf.LayersModel {
  const input = tf.input({ shape: [24, 24, 3] });
  const stem = conv("stem", 6, 5, { strides: 2 }).apply(input);
  const bent = tf.layers.reLU().apply(tf.layers.batchNormalization().apply(stem));
  const side = conv("side", 6, 3).apply(bent);
  const sum = tf.layers.add({ name: "sum" }).apply([bent, side] as Symbolic[]);
  const relu = tf.layers.reLU({ name: "bend" }).apply(sum);
  const pooled = tf.layers.globalAveragePooling2d({}).apply(relu);
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 4 }).apply(pooled) as Symbolic });
}

function nested(): tf.LayersModel {
  const trunk = tf.sequential({
    name: "trunk",
    layers: [
      conv("first", 6, 3, { inputShape: [24, 24, 3], useBias: false }),
      tf.layers.batchNormalization({ name: "norm" }),
      tf.layers.leakyReLU({ name: "bend" }),
      tf.layers.maxPooling2d({ name: "pool", poolSize: 2 }),
      conv("second", 8, 3),
    ],
  });
  return tf.sequential({
    layers: [trunk, tf.layers.flatten(), tf.layers.dense({ units: 4, name: "out" })],
  });
}

function fused(): tf.LayersModel {
  return tf.sequential({
    layers: [
      conv("first", 6, 5, { inputShape: [24, 24, 3], activation: "relu", padding: "valid" }),
      conv("second", 8, 3, { activation: "tanh", strides: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 4, activation: "softmax" }),
    ],
  });
}

function apart(): tf.LayersModel {
  return tf.sequential({
    layers: [
      conv("first", 6, 3, { inputShape: [24, 24, 3], strides: 2, activation: "relu6" }),
      tf.layers.depthwiseConv2d({ name: "depthwise", kernelSize: 3, padding: "same" }),
      tf.layers.batchNormalization(),
      tf.layers.reLU({ name: "bend", maxValue: 6 }),
      tf.layers.separableConv2d({ name: "separable", filters: 8, kernelSize: 3, activation: "relu" }),
      tf.layers.globalMaxPooling2d({}),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.dense({ units: 4 }),
      tf.layers.softmax(),
    ],
  });
}

function grey(): tf.LayersModel {
  return tf.sequential({
    layers: [
      conv("first", 6, 5, { inputShape: [28, 28, 1] }),
      tf.layers.averagePooling2d({ poolSize: 2 }),
      tf.layers.elu({ name: "bend" }),
      conv("second", 8, 3, { activation: "selu" }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 4 }),
    ],
  });
}

/** As MobileNet is made: padding by hand, ReLU up to 6, and a convolution as the output layer. */
function mobile(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.zeroPadding2d({
        inputShape: [24, 24, 3],
        padding: [
          [0, 1],
          [0, 1],
        ] as never,
      }),
      conv("first", 6, 3, { strides: 2, padding: "valid", useBias: false }),
      tf.layers.batchNormalization({ name: "norm" }),
      tf.layers.reLU({ maxValue: 6 }),
      tf.layers.depthwiseConv2d({ name: "depthwise", kernelSize: 3, padding: "same", useBias: false }),
      tf.layers.reLU({ name: "bend", maxValue: 6 }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.reshape({ targetShape: [1, 1, 6] }),
      tf.layers.dropout({ rate: 0.1 }),
      conv("predictions", 4, 1),
      tf.layers.activation({ activation: "softmax" }),
      tf.layers.reshape({ targetShape: [4] }),
    ],
  });
}

/** A gate on each channel that looks at the whole image, as in SE-ResNet and MobileNet 3. */
function gated(): tf.LayersModel {
  const input = tf.input({ shape: [24, 24, 3] });
  const first = conv("first", 6, 3, { activation: "relu" }).apply(input) as Symbolic;
  const mean = tf.layers.globalAveragePooling2d({}).apply(first);
  const narrow = tf.layers.dense({ units: 6, activation: "sigmoid" }).apply(mean);
  const gate = tf.layers.reshape({ targetShape: [1, 1, 6] }).apply(narrow);
  const product = tf.layers.multiply({ name: "product" }).apply([first, gate] as Symbolic[]);
  const second = conv("second", 8, 3, { activation: "relu" }).apply(product);
  const pooled = tf.layers.globalAveragePooling2d({}).apply(second);
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 4 }).apply(pooled) as Symbolic });
}

interface Case {
  build: () => tf.LayersModel;
  input?: Partial<InputSpec>;
  /** Its convolutions, with what a unit sees before its activation, in px, and how many units there are. */
  layers: Record<string, { size: number; units: number; readAt: string }>;
  /** The layer whose map the class is told from, by linear layers alone. */
  looksAt: string;
}

const CASES: Record<string, Case> = {
  "with a branch": {
    build: branching,
    layers: {
      stem: { size: 5, units: 6, readAt: "batch_normalization_BatchNormalization1" },
      side: { size: 9, units: 6, readAt: "side" },
    },
    looksAt: "bend",
  },
  "with a nested trunk": {
    build: nested,
    layers: {
      "trunk/first": { size: 3, units: 6, readAt: "trunk/norm" },
      "trunk/second": { size: 8, units: 8, readAt: "trunk/second" },
    },
    looksAt: "trunk/second",
  },
  "with activations inside of convolutions": {
    build: fused,
    layers: {
      first: { size: 5, units: 6, readAt: "first" },
      second: { size: 7, units: 8, readAt: "second" },
    },
    looksAt: "second",
  },
  "of depthwise and separable convolutions": {
    build: apart,
    layers: {
      first: { size: 3, units: 6, readAt: "first" },
      depthwise: { size: 7, units: 6, readAt: "batch_normalization_BatchNormalization2" },
      separable: { size: 11, units: 8, readAt: "separable" },
    },
    looksAt: "separable",
  },
  "as MobileNet is made": {
    build: mobile,
    layers: {
      first: { size: 3, units: 6, readAt: "norm" },
      depthwise: { size: 7, units: 6, readAt: "depthwise" },
      predictions: { size: 24, units: 4, readAt: "predictions" },
    },
    looksAt: "bend",
  },
  "with gates over the whole image": {
    build: gated,
    layers: {
      first: { size: 3, units: 6, readAt: "first" },
      second: { size: 26, units: 8, readAt: "second" },
    },
    looksAt: "second",
  },
  "for grey images": {
    build: grey,
    input: { height: 28, width: 28, channels: 1 },
    layers: {
      first: { size: 6, units: 6, readAt: "average_pooling2d_AveragePooling2D1" },
      second: { size: 10, units: 8, readAt: "second" },
    },
    looksAt: "second",
  },
};

/** Noise with a bright square somewhere, in 0…1. */
function squares(count: number, spec: Partial<InputSpec> = {}): Examples {
  const input: InputSpec = { type: "image", height: 24, width: 24, channels: 3, range: [0, 1], ...spec };
  const { height, width, channels } = input;
  const chance = random(5);
  const images = Float32Array.from(
    { length: count * height * width * channels },
    () => 0.5 * chance.uniform(),
  );
  for (let i = 0; i < count; i++) {
    const [top, left] = [chance.int(height - 6), chance.int(width - 6)];
    for (let y = top; y < top + 6; y++)
      for (let x = left; x < left + 6; x++) images[((i * height + y) * width + x) * channels] += 0.5;
  }
  const labels = Int32Array.from({ length: count }, (_, i) => i % 4);
  return { images, labels, count, classes: ["a", "b", "c", "d"], input };
}

/** What the model gives after a layer of this name, by TensorFlow.js's own means. */
function cutOff(model: tf.LayersModel, name: string, { images, count, input }: Examples): number[] {
  const [outer, inner] = name.split("/");
  const whole = inner ? (model.getLayer(outer) as unknown as tf.LayersModel) : model;
  const part = tf.model({ inputs: whole.inputs, outputs: whole.getLayer(inner ?? outer).output as Symbolic });
  return tf.tidy(() => {
    const { height, width, channels } = input;
    const batch = tf.tensor4d(Float32Array.from(images), [count, height, width, channels]);
    return Array.from((part.predict(batch) as tf.Tensor).dataSync());
  });
}

const few = (channels?: number) => stimulusBank({ channels }).filter((_, i) => i % 11 === 0);

for (const [kind, { build, input, layers, looksAt }] of Object.entries(CASES))
  test(`a network ${kind} can be looked into`, async () => {
    const model = build();
    initialize(model, { seed: 7 });
    const images = squares(6, input);
    const names = Object.keys(layers);
    await withoutLeaks(async () => {
      const first = await firstLayerFilters(model);
      assert.equal(first.layer, names[0]);
      assert.equal(first.channels, images.input.channels);
      assert.deepEqual(
        first.filters.map(({ unit }) => unit).sort(),
        Array.from({ length: layers[names[0]].units }, (_, unit) => unit),
      );

      const maps = await activations(model, images, { layers: names });
      for (const { layer, values, channels } of maps) {
        assert.equal(channels, layers[layer].units);
        assertClose(values, cutOff(model, layer, images), 1e-4);
      }

      for (const [layer, { size, readAt, units }] of Object.entries(layers)) {
        const found = await topPatches(model, layer, images, { perUnit: 2 });
        assert.match(found.readAt, new RegExp(`^${readAt.replace(/\d+$/, "")}\\d*$`));
        assert.deepEqual([found.height, found.units.length], [size, units]);
        const [sums] = await activations(model, images, { layers: [layer], beforeActivation: true });
        const best = Math.max(...sums.values.filter((_, i) => i % units === units - 1));
        assertClose([found.units[units - 1].patches[0].value], [best], 1e-5);
        assert.equal(receptiveField(model, found.readAt).height, size);
      }

      const spec = images.input;
      const census = await detectorCensus(model, { controls: 1, probes: few(spec.channels), input: spec });
      assert.deepEqual(
        census.layers.map(({ layer, units }) => [layer, units.length]),
        Object.entries(layers).map(([layer, { units }]) => [layer, units]),
      );

      const looked = await gradCam(model, images);
      const logits = logitsOf(model, images);
      looked.forEach(({ layer, evidence, probability, label }, i) => {
        assert.equal(layer, looksAt);
        const own = logits.slice(4 * i, 4 * i + 4);
        const mean = own.reduce((a, b) => a + b) / 4;
        assert.ok(Math.abs(evidence.reduce((a, b) => a + b) - (own[label] - mean)) < 1e-4, `image ${i}`);
        const total = own.map(Math.exp).reduce((a, b) => a + b);
        assert.ok(Math.abs(probability - Math.exp(own[label]) / total) < 1e-5);
      });

      const [nearest] = await nearestTrainingImages(model, pick(images, [4]), images, { k: 2 });
      assert.equal(nearest.indices[0], 4);
    });
    model.dispose();
  });

/** The logits, or the logarithms of the probabilities: these differ by what is the same for all classes. */
function logitsOf(model: tf.LayersModel, images: Examples): number[] {
  const outputs = cutOff(model, model.layers.at(-1)!.name, images);
  const isShare = Math.abs(outputs.slice(0, 4).reduce((a, b) => a + b) - 1) < 1e-4;
  return isShare ? outputs.map(Math.log) : outputs;
}

test("a model without a card says its size, and the values are taken to be 0…255 unless it is told", async () => {
  const model = fused();
  initialize(model, { seed: 7 });
  assert.deepEqual(inputSpecOf(model), {
    ...{ type: "image", height: 24, width: 24, channels: 3 },
    range: [0, 255],
  });
  const options = { controls: 1, probes: few(), layers: ["first"] };
  const shares = { ...inputSpecOf(model), range: [0, 1] as [number, number] };
  const lines: string[] = [];
  setReporter({ line: (message) => lines.push(message), progress: () => {} });
  const [told, assumed] = [
    await detectorCensus(model, { ...options, input: shares }),
    await detectorCensus(model, options),
  ];
  setReporter();
  assert.equal(lines.length, 1, "only where it was not told");
  assert.match(lines[0], /has no card.*take a census.*0…255 are assumed/);
  // The first convolution adds up: with 255 times the contrast its units answer 255 times as strongly.
  assumed.layers[0].units.forEach(({ sd, kind }, unit) => {
    assertClose([sd / 255], [told.layers[0].units[unit].sd], 1e-5);
    assert.equal(kind, told.layers[0].units[unit].kind);
  });
  model.dispose();

  const open = tf.sequential({
    layers: [
      conv("first", 6, 3, { inputShape: [null, null, 3], activation: "relu" }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 4 }),
    ],
  });
  assert.throws(() => receptiveField(open, "first"), /leaves height and width open/);
  assert.equal(receptiveField(open, "first", { input: shares }).rows, 24);
  await assert.rejects(detectorCensus(open, options), /leaves height and width open/);
  const census = await detectorCensus(open, { ...options, input: shares });
  assert.equal(census.layers[0].units.length, 6);
  const images = squares(3, { height: 20, width: 30 });
  assert.equal((await gradCam(open, images))[0].heat.length, 600);
  assert.equal((await activations(open, images, { layers: ["first"] }))[0].width, 30);
  assert.equal((await topPatches(open, "first", images)).count, 3);
  open.dispose();
});

test("layers that nobody knows are in the way of boxes, and of nothing else", async () => {
  const shift = new Shift({ name: "shift" });
  const model = tf.sequential({
    layers: [
      conv("first", 6, 3, { inputShape: [24, 24, 3], activation: "relu" }),
      shift,
      tf.layers.maxPooling2d({ name: "pool", poolSize: 4 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 4 }),
    ],
  });
  const images = squares(4);
  assert.throws(() => receptiveField(model, "pool"), /Shift isn't known/);
  assert.equal(receptiveField(model, "first").height, 3);
  assert.equal((await activations(model, images, { layers: ["pool"] }))[0].channels, 6);
  assert.equal((await nearestTrainingImages(model, images, images))[3].indices[0], 3);
  const [{ evidence, heat, peak }] = await gradCam(model, images);
  const places = { down: { first: 2, step: 4 }, across: { first: 2, step: 4 } };
  const spread = enlarge(evidence, [6, 6], images.input, places);
  assertClose(
    heat,
    spread.map((value) => Math.max(0, value / peak)),
    1e-6,
  );
  model.dispose();
});

/** A layer of another program: it shifts a map by a place. */
class Shift extends tf.layers.Layer {
  static className = "Shift";
  override computeOutputShape(shape: number[]): number[] {
    return shape;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const map = Array.isArray(inputs) ? inputs[0] : inputs;
      const [, height] = map.shape;
      const first = tf.slice(map, [0, 0, 0, 0], [-1, 1, -1, -1]);
      return tf.concat([first, tf.slice(map, [0, 0, 0, 0], [-1, height - 1, -1, -1])], 1);
    });
  }
}

test("Tiny Darknet can be looked into, and its curve detectors grow", { skip: skipDarknet }, async () => {
  const model = await loadDarknet();
  const images = squares(4, { height: 224, width: 224 });
  const { input } = images;
  await withoutLeaks(async () => {
    assert.equal((await firstLayerFilters(model)).filters.length, 16);
    assert.equal(receptiveField(model, "conv2d_6").height, 26);
    const layers = ["max_pooling2d_1", "conv2d_6"];
    for (const { layer, values } of await activations(model, images, { layers }))
      assertClose(values, cutOff(model, layer, images), 1e-3);

    const started = Date.now();
    const census = await detectorCensus(model, { input });
    assert.ok(Date.now() - started < 60_000, `${Date.now() - started} ms`);
    assert.deepEqual(
      census.layers.map(({ units }) => units.length),
      [16, 32, 16, 128, 16, 128],
    );
    const { shares, gain } = census.layers[5];
    assert.ok(gain.low > 0 && shares.curve.value > 0.25, JSON.stringify([gain, shares.curve]));

    const found = await topPatches(model, "conv2d_4", images, { units: [3], perUnit: 2 });
    assert.deepEqual([found.readAt, found.height], ["batch_normalization_4", 18]);

    const logits = logitsOf(model, images);
    const bias = await model.getLayer("conv2d_16").getWeights()[1].data();
    const above = (values: ArrayLike<number>, from: number, index: number): number =>
      values[from + index] -
      Array.from({ length: 1000 }, (_, c) => values[from + c]).reduce((a, b) => a + b) / 1000;
    (await gradCam(model, images)).forEach(({ layer, name, label, evidence, rows, peak }, i) => {
      assert.deepEqual([layer, name, rows], ["leaky_re_lu_15", `class ${label}`, 14]);
      const sum = evidence.reduce((a, b) => a + b);
      assertClose([sum + above(bias, 0, label)], [above(logits, 1000 * i, label)], 1e-3);
      assert.ok(peak > 0);
    });
    const named = await gradCam(model, images, { classes: 629, layer: "leaky_re_lu_14" });
    assert.ok(named.every(({ label }) => label === 629));

    const [nearest] = await nearestTrainingImages(model, pick(images, [2]), images);
    assert.equal(nearest.indices[0], 2);
  });
  model.dispose();
});
