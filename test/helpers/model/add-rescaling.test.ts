import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { graphOf, layersOf } from "../../../src/helpers/model";
import { withRescaling } from "../../../src/helpers/model/add-rescaling";
import type { Topology } from "../../../src/helpers/model/model-json";
import { assertClose, withoutLeaks } from "../tiny";
import { outputOf, publishedMobileNet, publishedNet, randomPixels } from "./published";

interface Saved {
  modelTopology: Topology;
  weightSpecs: object[];
  weightData: ArrayBuffer;
}

async function savedFormOf(model: tf.LayersModel): Promise<Saved> {
  let saved!: Saved;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      saved = artifacts as unknown as Saved;
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" as const },
      });
    }),
  );
  return saved;
}

/** Checks that the rescaled network makes of bytes what the network itself makes of numbers in its range. */
async function assertSame(
  model: tf.LayersModel,
  {
    range: [low, high],
    topology = (saved) => saved,
  }: { range: [number, number]; topology?: (saved: Topology) => Topology },
): Promise<string[]> {
  const { modelTopology, ...weights } = await savedFormOf(model);
  const changed = withRescaling(topology(modelTopology), { name: "renamed", range: [low, high] });
  const rescaled = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology: changed, ...weights }));
  const bytes = randomPixels(2, model.inputs[0].shape[1]!);
  const own = tf.tidy(() => tf.add(tf.mul(tf.div(bytes, 255), high - low), low));
  const expected = outputOf(model, own);
  assert.ok(Math.max(...expected.map(Math.abs)) > 1e-4 && new Set(expected).size > 5, "the signal is alive");
  assertClose(outputOf(rescaled, bytes), expected, 1e-5);
  const unscaled = outputOf(model, bytes);
  assert.ok(
    Math.max(...unscaled.map((value, i) => Math.abs(value - expected[i]))) > 1e-3,
    "it makes a difference",
  );
  tf.dispose([bytes, own]);
  assert.equal(rescaled.name, "renamed");
  assert.equal(graphOf(rescaled)[0].layer.getClassName(), "Rescaling");
  const names = layersOf(rescaled).map(({ name }) => name);
  model.dispose();
  rescaled.dispose();
  return names;
}

test("functional networks: the same output from bytes, and plain layer names", () =>
  withoutLeaks(async () => {
    const names = await assertSame(publishedNet(), { range: [0, 1] });
    assert.deepEqual(names.slice(0, 4), ["input_1", "rescale", "conv2d_1", "batch_normalization_1"]);
    const mobile = await assertSame(publishedMobileNet({ side: 32, classes: 10 }), { range: [-1, 1] });
    assert.deepEqual(mobile.slice(0, 4), ["input_1", "rescale", "conv1", "conv1_bn"]);
  }));

test("a topology in Keras' own wrapping", () =>
  withoutLeaks(async () => {
    const topology = (saved: Topology): Topology => ({ model_config: saved });
    await assertSame(publishedNet(), { range: [-1, 1], topology });
  }));

const convNet = (...layers: tf.layers.Layer[]): tf.Sequential =>
  tf.sequential({
    name: "plain",
    layers: [
      ...layers,
      tf.layers.conv2d({
        name: "first",
        filters: 3,
        kernelSize: 3,
        inputShape: layers.length ? undefined : [8, 8, 3],
      }),
      tf.layers.flatten({ name: "flat" }),
      tf.layers.dense({ name: "last", units: 4 }),
    ],
  });

test("sequential networks, with an input layer, without one, as a bare list, and with a layer called rescale", () =>
  withoutLeaks(async () => {
    const asList = (saved: Topology): Topology => ({
      ...saved,
      config: (saved.config as { layers: object[] }).layers,
    });
    const names = await assertSame(convNet(), { range: [0, 1] });
    assert.deepEqual(names.slice(-4), ["rescale", "first", "flat", "last"]);
    await assertSame(convNet(tf.layers.inputLayer({ inputShape: [8, 8, 3] })), { range: [0, 1] });
    await assertSame(convNet(), { range: [-1, 1], topology: asList });
    const taken = convNet(
      tf.layers.activation({ name: "rescale", activation: "linear", inputShape: [8, 8, 3] }),
    );
    assert.ok((await assertSame(taken, { range: [0, 1] })).includes("rescale_1"));
  }));

test("nested networks: as the first part of a sequential one, and behind an input that is used twice", () =>
  withoutLeaks(async () => {
    const outer = tf.sequential({ layers: [convNet(), tf.layers.dense({ name: "top", units: 3 })] });
    const names = await assertSame(outer, { range: [0, 1] });
    assert.ok(names.includes("plain/first") && names.includes("plain/rescale"), `${names}`);
    const input = tf.input({ shape: [8, 8, 3], name: "photo" });
    const left = convNet().apply(input) as tf.SymbolicTensor;
    const right = tf.layers
      .dense({ name: "right", units: 4 })
      .apply(tf.layers.flatten({ name: "all" }).apply(input) as tf.SymbolicTensor) as tf.SymbolicTensor;
    const sum = tf.layers.add({ name: "sum" }).apply([left, right]) as tf.SymbolicTensor;
    await assertSame(tf.model({ inputs: input, outputs: sum }), { range: [-1, 1] });
  }));

test("a network that takes bytes stays as it is; one with two inputs is refused", () =>
  withoutLeaks(async () => {
    const model = publishedNet();
    const { modelTopology } = await savedFormOf(model);
    const before = structuredClone(modelTopology);
    const changed = withRescaling(modelTopology, { name: "model_1", range: [0, 255] });
    assert.deepEqual(changed, before);
    withRescaling(modelTopology, { name: "other", range: [0, 1] });
    assert.deepEqual(modelTopology, before, "what was given is only borrowed");
    model.dispose();
    const inputs = ["a", "b"].map((name) => tf.input({ shape: [8, 8, 3], name }));
    const two = tf.model({ inputs, outputs: tf.layers.add().apply(inputs) as tf.SymbolicTensor });
    const { modelTopology: both } = await savedFormOf(two);
    assert.throws(
      () => withRescaling(both, { name: "two", range: [0, 1] }),
      /it has 2 inputs, and one is needed/,
    );
  }));
