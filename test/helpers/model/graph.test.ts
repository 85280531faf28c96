import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import {
  graphOf,
  initialize,
  INPUT,
  layersOf,
  loadModel,
  runGraph,
  stepNamed,
} from "../../../src/helpers/model";
import { assertClose, tinyNet, withoutLeaks } from "../tiny";

const SHIPPED = join(__dirname, "../../../data/pretrained/cifar10-convnet");

/** Two branches over a nested trunk, one layer used twice, a convolution with its own ReLU. */
function winding(): tf.LayersModel {
  const trunk = tf.sequential({
    name: "trunk",
    layers: [
      tf.layers.conv2d({
        name: "conv",
        inputShape: [8, 8, 3],
        filters: 4,
        kernelSize: 3,
        activation: "relu",
      }),
      tf.layers.batchNormalization({ name: "norm" }),
    ],
  });
  const input = tf.input({ shape: [8, 8, 3] });
  const shared = tf.layers.conv2d({ name: "shared", filters: 4, kernelSize: 1 });
  const a = shared.apply(trunk.apply(input)) as tf.SymbolicTensor;
  const b = shared.apply(a) as tf.SymbolicTensor;
  const sum = tf.layers.add({ name: "sum" }).apply([a, b]) as tf.SymbolicTensor;
  const flat = tf.layers.flatten({ name: "flat" }).apply(sum) as tf.SymbolicTensor;
  const model = tf.model({
    inputs: input,
    outputs: tf.layers.dense({ name: "out", units: 2 }).apply(flat) as tf.SymbolicTensor,
  });
  initialize(model, { seed: 2 });
  return model;
}

test("a graph gives what the model gives: plain, nested, branching, shared", async () => {
  for (const [model, shape] of [
    [await loadModel(SHIPPED), [2, 32, 32, 3]],
    [tinyNet(), [3, 16, 16, 3]],
    [winding(), [2, 8, 8, 3]],
  ] as [tf.LayersModel, [number, number, number, number]][]) {
    const graph = graphOf(model);
    const input = tf.randomUniform(shape, 0, 255, "float32", 1);
    await withoutLeaks(async () => {
      const [given] = runGraph(graph, input, { to: [graph.length - 1] });
      const expected = model.predict(input) as tf.Tensor;
      assertClose(await given.data(), await expected.data(), 0);
      tf.dispose([given, expected]);
    });
    input.dispose();
    model.dispose();
  }
});

test("steps have the names of the layers, each after those it needs", async () => {
  const plain = tinyNet();
  assert.deepEqual(
    graphOf(plain).map(({ name, inputs }, i) => [name, inputs[0] === i - 1]),
    layersOf(plain).map(({ name }) => [name, true]),
  );
  const graph = graphOf(winding());
  assert.deepEqual(
    graph.map(({ name, inputs }) => `${name} < ${inputs.join()}`),
    ["trunk/conv < -1", "trunk/norm < 0", "shared < 1", "shared#2 < 2", "sum < 2,3", "flat < 4", "out < 5"],
  );
});

test("running from a step on continues where another run stopped", async () => {
  const model = winding();
  const graph = graphOf(model);
  const input = tf.randomNormal([2, 8, 8, 3], 0, 1, "float32", 1);
  const [inner] = runGraph(graph, input, { to: [2] });
  const [last] = runGraph(graph, inner, { from: 2, to: [6] });
  assertClose(await last.data(), await (model.predict(input) as tf.Tensor).data(), 1e-6);
  assert.deepEqual(await runGraph(graph, inner, { from: 2, to: [2] })[0].data(), await inner.data());
  assert.throws(
    () => runGraph(graph, inner, { from: 3, to: [4] }),
    /from "shared#2": a wanted layer also takes/,
  );
});

test("results that are at hand are taken, also where the model's input is needed besides", async () => {
  const model = winding();
  const graph = graphOf(model);
  const input = tf.randomNormal([2, 8, 8, 3], 0, 1, "float32", 1);
  const [inner, around] = runGraph(graph, input, { to: [3, 2] });
  await withoutLeaks(() => {
    const doubled = tf.mul(inner, 2);
    const [sum] = runGraph(graph, input, { to: [4], known: new Map([[3, doubled]]) });
    assertClose(
      sum.dataSync(),
      tf.tidy(() => tf.add(doubled, around).dataSync()),
      1e-6,
    );
    tf.dispose([doubled, sum]);
  });
});

test("a model that a sequential one begins with keeps its name in front of those of its layers", () => {
  const trunk = tf.sequential({
    name: "trunk",
    layers: [tf.layers.dense({ name: "a", units: 2, inputShape: [3] })],
  });
  const later = tf.sequential({
    name: "later",
    layers: [tf.layers.dense({ name: "b", units: 2, inputShape: [2] })],
  });
  const model = tf.sequential({ layers: [trunk, later, tf.layers.dense({ name: "c", units: 1 })] });
  const names = ["trunk/a", "later/b", "c"];
  assert.deepEqual(
    graphOf(model).map(({ name }) => name),
    names,
  );
  assert.deepEqual(
    layersOf(model).map(({ name }) => name),
    names,
  );
});

test("before its activation a layer has its sums, and keeps the activation", async () => {
  const model = winding();
  const graph = graphOf(model);
  const input = tf.randomNormal([2, 8, 8, 3], 0, 1, "float32", 1);
  const [kernel, bias] = model.getLayer("trunk") && graph[0].layer.getWeights();
  const [sums] = runGraph(graph, input, { to: [0], beforeActivation: true });
  const oracle = tf.add(tf.conv2d(input as tf.Tensor4D, kernel as tf.Tensor4D, 1, "valid"), bias);
  assertClose(await sums.data(), await oracle.data(), 1e-5);
  const [after] = runGraph(graph, input, { to: [0] });
  assertClose(await after.data(), await tf.relu(oracle).data(), 1e-5);
});

test("gradients flow through", async () => {
  const graph = graphOf(winding());
  const input = tf.randomNormal([1, 8, 8, 3], 0, 1, "float32", 1);
  const value = (x: tf.Tensor) => tf.sum(runGraph(graph, x, { to: [3] })[0]) as tf.Scalar;
  const slope = await tf.grad(value)(input).data();
  const step = 1e-2;
  for (const at of [0, 57, 130]) {
    const bump = tf.buffer([1, 8, 8, 3]);
    bump.values[at] = step;
    const rise = tf.sub(value(tf.add(input, bump.toTensor())), value(tf.sub(input, bump.toTensor())));
    assert.ok(Math.abs((await rise.data())[0] / (2 * step) - slope[at]) < 5e-3);
  }
});

test("convolutions on the way take images of other sizes", () => {
  const model = tinyNet();
  const graph = graphOf(model);
  const input = tf.zeros([1, 24, 20, 3]);
  const [map] = runGraph(graph, input, { to: [stepNamed(graph, "conv2", "run")] });
  assert.deepEqual(map.shape, [1, 12, 10, 64]);
});

test("names and models that don't fit are refused", () => {
  assert.equal(INPUT, -1);
  assert.throws(
    () => stepNamed(graphOf(tinyNet()), "conv9", "show the filters of"),
    /Cannot show the filters of "conv9": the layers are "rescale", "conv1"/,
  );
  const [a, b] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
  const two = tf.model({ inputs: [a, b], outputs: tf.layers.add().apply([a, b]) as tf.SymbolicTensor });
  assert.throws(() => graphOf(two), /it needs one input and one output. It has 2 and 1/);
});
