import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { bootstrap, resampledShare } from "../../../src/helpers/inspect/bootstrap";
import { detectorCensus } from "../../../src/helpers/inspect/census";
import { stimulusBank } from "../../../src/helpers/inspect/stimuli";
import { detectorKind } from "../../../src/helpers/inspect/tally";
import type { DetectorKind } from "../../../src/helpers/inspect/types";
import { loadModel } from "../../../src/helpers/model";
import { random } from "../../../src/helpers/random";
import { withoutLeaks } from "../tiny";

const SHIPPED = join(__dirname, "../../../data/pretrained/cifar10-convnet");
const SIDE = 11;

type Kernel = (x: number, y: number) => number;

/** A network of one convolution whose kernels are given as functions of a place, y up; each sums to zero. */
function planted(kernels: Kernel[], activation?: "relu"): tf.LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: "planted",
        inputShape: [32, 32, 3],
        filters: kernels.length,
        kernelSize: SIDE,
        padding: "same",
        activation,
      }),
    ],
  });
  const values = new Float32Array(SIDE * SIDE * 3 * kernels.length);
  kernels.forEach((kernel, k) => {
    const drawn = Array.from({ length: SIDE * SIDE }, (_, i) =>
      kernel((i % SIDE) - (SIDE - 1) / 2, (SIDE - 1) / 2 - Math.floor(i / SIDE)),
    );
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    drawn.forEach((value, i) => {
      for (let c = 0; c < 3; c++) values[(i * 3 + c) * kernels.length + k] = value - mean;
    });
  });
  tf.tidy(() =>
    model.layers[0].setWeights([
      tf.tensor4d(values, [SIDE, SIDE, 3, kernels.length]),
      tf.zeros([kernels.length]),
    ]),
  );
  return model;
}

const ANGLES = [0, 20, 45, 75, 90, 135, 160, 200, 250, 310];

/** Turns a kernel to the left. */
function turned(kernel: Kernel, degrees: number): Kernel {
  const a = (degrees * Math.PI) / 180;
  return (x, y) => kernel(x * Math.cos(a) + y * Math.sin(a), y * Math.cos(a) - x * Math.sin(a));
}

/** A Gabor function: a wave under a bell. */
const gabor =
  (wavelength: number, phase: number): Kernel =>
  (x, y) =>
    Math.exp(-(x * x + y * y) / 18) * Math.cos((2 * Math.PI * y) / wavelength + phase);
/** A quarter of the plane. */
const corner: Kernel = (x, y) => (Math.abs(y) < x ? 1 : -1) * (Math.hypot(x, y) < 5.5 ? 1 : 0);
/** The edge of a disc of radius 5 px, seen on both sides of its outline. */
const outline: Kernel = (x, y) => {
  const away = Math.hypot(x - 4, y) - 4;
  return Math.abs(away) < 2 ? (away < 0 ? 1 : -1) : 0;
};

test("units planted by hand are recognised, at any angle", async () => {
  const cases: [DetectorKind, Kernel][] = ANGLES.flatMap((angle): [DetectorKind, Kernel][] => [
    ["straight", turned(gabor(6, 0), angle)],
    ["straight", turned(gabor(8, Math.PI / 2), angle)],
    ["corner", turned(corner, angle)],
    ["curve", turned(outline, angle)],
  ]);
  const chance = random(3);
  for (let i = 0; i < 10; i++) {
    const values = Array.from({ length: SIDE * SIDE }, () => chance.normal());
    cases.push(["other", (x, y) => values[(y + 5) * SIDE + x + 5]]);
  }
  cases.push(["other", (x, y) => (Math.hypot(x, y) < 2 ? 1 : 0)]);
  const model = planted(
    cases.map(([, kernel]) => kernel),
    "relu",
  );
  await withoutLeaks(async () => {
    const { layers } = await detectorCensus(model, { controls: 1 });
    const kinds = layers[0].units.map(({ kind }) => kind);
    assert.deepEqual(
      kinds,
      cases.map(([kind]) => kind),
    );
  });
  model.dispose();
});

test("the tuning curve of a planted edge peaks at its angle", async () => {
  const edge: Kernel = (x, y) => (Math.hypot(x, y) < 5.5 ? (y < 0 ? 1 : -1) : 0);
  const model = planted([0, 30, 120].map((angle) => turned(edge, angle)));
  const { layers, angles } = await detectorCensus(model, { controls: 1 });
  const peaks = layers[0].units.map(
    ({ tuning }) => angles[tuning.straight.indexOf(Math.max(...tuning.straight))] % 180,
  );
  assert.deepEqual(peaks, [0, 30, 120]);
  model.dispose();
});

test("a unit that answers to nothing is of no kind, and a sign turned by batch norm counts", async () => {
  const model = planted([() => 0, gabor(6, 0)]);
  const { layers } = await detectorCensus(model, { controls: 1 });
  assert.deepEqual(
    layers[0].units.map(({ kind }) => kind),
    ["other", "straight"],
  );
  model.dispose();
});

test("the rules: noise wins outright, corners and curves need a margin", () => {
  assert.equal(detectorKind({ straight: 2, corner: 1, curve: 1, other: 2 }), "other");
  assert.equal(detectorKind({ straight: 1, corner: 1.09, curve: 0, other: 0.5 }), "straight");
  assert.equal(detectorKind({ straight: 1, corner: 1.11, curve: 1, other: 0.5 }), "corner");
  assert.equal(detectorKind({ straight: 1, corner: 1.11, curve: 1.2, other: 1.15 }), "curve");
  assert.equal(detectorKind({ straight: -1, corner: 0, curve: -2, other: -3 }), "other");
});

test("a bootstrap interval of a share is as wide as the binomial's", () => {
  const chance = random(1);
  const marks = Array.from({ length: 100 }, (_, i) => i < 30);
  const { low, high } = bootstrap(0.3, () => resampledShare(marks, chance));
  const half = 1.96 * Math.sqrt((0.3 * 0.7) / 100);
  assert.ok(Math.abs(low - (0.3 - half)) < 0.025 && Math.abs(high - (0.3 + half)) < 0.025, `${low} ${high}`);
});

test("the shipped network: corners and curves grow, above chance, and labels survive a turn", async () => {
  const model = await loadModel(SHIPPED);
  const census = await detectorCensus(model);
  assert.deepEqual(
    census.layers.map(({ layer, units }) => [layer, units.length]),
    [
      ["conv1", 32],
      ["conv2", 64],
      ["conv3", 128],
      ["conv4", 128],
    ],
  );
  const bent = census.layers.map(({ shares }) => shares.corner.value + shares.curve.value);
  assert.ok(bent[0] < bent[1] && bent[1] < bent[2], `grows: ${bent.join(", ")}`);
  assert.ok(bent[2] >= 0.35, `conv3: ${bent[2]}`);
  for (const { layer, gain, shares, random: control } of census.layers) {
    if (layer !== "conv1") assert.ok(gain.low > 0, `${layer}: ${gain.low}`);
    for (const of of [shares, control])
      assert.ok(Math.abs(Object.values(of).reduce((sum, { value }) => sum + value, 0) - 1) < 1e-9);
  }
  const again = await detectorCensus(model, { probes: stimulusBank({ turn: 7.5 }), controls: 1 });
  const same = census.layers.flatMap(({ units }, l) =>
    units.map(({ kind }, u) => kind === again.layers[l].units[u].kind),
  );
  const kept = same.filter(Boolean).length / same.length;
  assert.ok(kept >= 0.8, `${kept} of the labels kept`);
  model.dispose();
});

test("the control is seeded, and leaves the model alone", async () => {
  const model = await loadModel(SHIPPED);
  const before = Array.from(await model.getWeights()[0].data());
  const few = { layers: ["conv2"], probes: stimulusBank({ channels: 1 }), controls: 1 };
  const [a, b, c] = [
    await detectorCensus(model, { ...few, seed: 5 }),
    await detectorCensus(model, { ...few, seed: 5 }),
    await detectorCensus(model, { ...few, seed: 6 }),
  ];
  assert.deepEqual(a, b);
  assert.deepEqual(a.layers[0].units, c.layers[0].units);
  assert.notDeepEqual(a.layers[0].random, c.layers[0].random);
  assert.deepEqual(Array.from(await model.getWeights()[0].data()), before);
  model.dispose();
});

test("what cannot be counted is refused, and a census can be stopped", async () => {
  const model = await loadModel(SHIPPED);
  await assert.rejects(
    detectorCensus(model, { layers: ["conv9"] }),
    /Cannot take a census of "conv9": the layers/,
  );
  await assert.rejects(detectorCensus(model, { layers: ["head"] }), /need maps/);
  await assert.rejects(
    detectorCensus(model, { probes: stimulusBank().filter(({ figure }) => figure.kind !== "other") }),
    /Missing: other/,
  );
  await assert.rejects(detectorCensus(model, { controls: 0 }), /controls is a whole number from 1/);
  await withoutLeaks(() =>
    assert.rejects(detectorCensus(model, { signal: AbortSignal.abort() }), { name: "AbortError" }),
  );
  const dense = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [8, 8, 3] })] });
  await assert.rejects(detectorCensus(dense), /it has no convolution/);
  model.dispose();
});
