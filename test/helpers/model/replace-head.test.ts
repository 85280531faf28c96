import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import {
  cardOf,
  copyModel,
  freeze,
  headOf,
  isFrozen,
  layersOf,
  replaceHead,
} from "../../../src/helpers/model";
import { setReporter } from "../../../src/helpers/report";
import { hasPlainHead } from "../../../src/helpers/train/head";
import { train } from "../../../src/helpers/train";
import { assertClose, stripes, tinyNet, weightValues, withoutLeaks } from "../tiny";
import { publishedMobileNet, publishedNet, randomPixels } from "./published";

test("the copy has the source's parameters and a new head; the source stays bit-identical, even under training", () =>
  withoutLeaks(async () => {
    const source = tinyNet(1, 10);
    const before = weightValues(source);
    const target = replaceHead(source, { classes: ["a", "b", "c"], seed: 2 });
    assert.deepEqual(weightValues(target).slice(0, -2), before.slice(0, -2));
    assert.deepEqual(target.outputs[0].shape, [null, 3]);
    assert.deepEqual(cardOf(target).classes, ["a", "b", "c"]);
    await train(target, stripes(16), { seed: 1, steps: 3, batchSize: 8 });
    assert.deepEqual(weightValues(source), before);
    target.dispose();
    source.dispose();
  }));

test("the new head is small, drawn by the seed, and its bias is zero", () =>
  withoutLeaks(() => {
    const source = tinyNet();
    const targets = [5, 5, 6].map((seed) => replaceHead(source, { classes: 10, seed }));
    const [a, b, c] = targets.map((target) => weightValues(target).slice(-2));
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, c);
    assert.ok(a[0].every((value) => Math.abs(value) < 0.06) && a[0].some((value) => value !== 0));
    assert.ok(a[1].every((value) => value === 0));
    [source, ...targets].forEach((model) => model.dispose());
  }));

test("the features before the head are those of the source", () =>
  withoutLeaks(() => {
    const source = tinyNet();
    const target = replaceHead(source, { classes: 4, seed: 1 });
    const [a, b] = [source, target].map((model) => {
      const trunk = tf.model({
        inputs: model.inputs,
        outputs: headOf(model).layer.input as tf.SymbolicTensor,
      });
      return tf.tidy(() => Array.from((trunk.predict(tf.ones([1, 16, 16, 3])) as tf.Tensor).dataSync()));
    });
    assertClose(a, b, 0);
    source.dispose();
    target.dispose();
  }));

test("a softmax behind the head is dropped; nested and functional models work", () =>
  withoutLeaks(() => {
    const trunk = () =>
      tf.sequential({
        name: "trunk",
        layers: [tf.layers.flatten({ inputShape: [16, 16, 3] }), tf.layers.dense({ units: 5 })],
      });
    const outer = tf.sequential({
      layers: [trunk(), tf.layers.dense({ units: 7, name: "old" }), tf.layers.softmax()],
    });
    const target = replaceHead(outer, { classes: 2, seed: 1 });
    const kinds = layersOf(target).map(({ layer }) => layer.getClassName());
    assert.deepEqual(kinds, ["InputLayer", "Flatten", "Dense", "Dense"]);
    assert.equal(headOf(target).name, "head");

    const inside = tf.sequential({ layers: [trunk()] });
    const innerHead = replaceHead(inside, { classes: 2, seed: 1 });
    assert.equal(headOf(innerHead).name, "head");
    assert.equal(layersOf(innerHead).at(-2)!.layer.getClassName(), "Flatten");
    const output = tf.tidy(() => (innerHead.predict(tf.ones([3, 16, 16, 3])) as tf.Tensor).shape);
    assert.deepEqual(output, [3, 2]);
    [target, innerHead, outer, inside].forEach((model) => model.dispose());
  }));

test("nothing is frozen in a copy of a frozen model", () =>
  withoutLeaks(() => {
    const source = tinyNet();
    freeze(source, "all-but-head");
    const copy = copyModel(source);
    assert.ok(layersOf(copy).every(({ layer }) => !isFrozen(layer)));
    assert.deepEqual(weightValues(copy), weightValues(source));
    copy.dispose();
    source.dispose();
  }));

test("a model without an output layer is refused by name, and says what to do", () =>
  withoutLeaks(() => {
    const sequential = (...layers: tf.layers.Layer[]): tf.LayersModel =>
      tf.sequential({ name: "net", layers });
    const wide = sequential(
      tf.layers.conv2d({ name: "last", filters: 2, kernelSize: 3, inputShape: [8, 8, 1] }),
    );
    const norm = sequential(tf.layers.batchNormalization({ name: "norm", inputShape: [8, 8, 1] }));
    const input = tf.input({ shape: [4] });
    const small = tf.layers.dense({ name: "small", units: 4 }).apply(input) as tf.SymbolicTensor;
    const around = tf.layers.add({ name: "sum" }).apply([input, small]) as tf.SymbolicTensor;
    const skips = tf.model({ name: "net", inputs: input, outputs: around });
    const sentences: [tf.LayersModel, RegExp][] = [
      [
        wide,
        /"net": its last layer with parameters, "last", is a convolution of 3×3. It has to be dense, or a 1×1/,
      ],
      [
        norm,
        /"norm", is a BatchNormalization.*or say behind which layer the features are: \{ at: layerName \}/,
      ],
      [skips, /"small", is not the only way to the output/],
    ];
    for (const [model, message] of sentences)
      assert.throws(() => replaceHead(model, { classes: 2, seed: 1 }), message);
    assert.throws(
      () => replaceHead(wide, { classes: 2, seed: 1, at: "conv9" }),
      /Cannot take features behind "conv9" of "net": the layers are "last"/,
    );
    const rows = sequential(
      tf.layers.reshape({ inputShape: [8, 8, 1], targetShape: [8, 8] }),
      tf.layers.dense({ name: "rows", units: 3 }),
    );
    assert.throws(
      () => replaceHead(rows, { classes: 2, seed: 1 }),
      /Cannot put a new head behind features of \[any, 8, 8\]: they have to be \[batch, features\] or/,
    );
    rows.dispose();
    const behind = replaceHead(wide, { classes: 2, seed: 1, at: "last" });
    assert.deepEqual(behind.outputs[0].shape, [null, 2]);
    [wide, norm, skips, behind].forEach((model) => model.dispose());
  }));

/** Runs some work and gives the lines that it reported. */
async function linesOf(work: () => void | Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  setReporter({ line: (message) => lines.push(message), progress: () => {} });
  try {
    await work();
  } finally {
    setReporter();
  }
  return lines;
}

/** The features before the new head, computed by the definition: the source's own layer, averaged over its map. */
function featuresBy(model: tf.LayersModel, layer: string, x: tf.Tensor): number[] {
  const trunk = tf.model({
    inputs: model.inputs,
    outputs: model.getLayer(layer).output as tf.SymbolicTensor,
  });
  return tf.tidy(() => {
    const map = trunk.predict(x) as tf.Tensor;
    return Array.from((map.rank === 4 ? tf.mean(map, [1, 2]) : map).dataSync());
  });
}

function featuresInto(head: tf.layers.Layer, model: tf.LayersModel, x: tf.Tensor): number[] {
  const trunk = tf.model({ inputs: model.inputs, outputs: head.input as tf.SymbolicTensor });
  return tf.tidy(() => Array.from((trunk.predict(x) as tf.Tensor).dataSync()));
}

test("a 1×1 convolution before the pooling is a head; the new one takes the mean over the map", () =>
  withoutLeaks(async () => {
    const source = publishedNet();
    const before = weightValues(source);
    const x = randomPixels(3, 16);
    const lines = await linesOf(() => {
      const target = replaceHead(source, { classes: ["a", "b"], seed: 1 });
      const again = replaceHead(source, { classes: ["a", "b"], seed: 1 }); // said once
      assert.deepEqual(
        layersOf(target).map(({ name }) => name),
        [
          "input_1",
          "conv2d_1",
          "batch_normalization_1",
          "leaky_re_lu_1",
          "max_pooling2d_1",
          "global_average_pooling2d",
          "head",
        ],
      );
      assertClose(
        featuresInto(headOf(target).layer, target, x),
        featuresBy(source, "max_pooling2d_1", x),
        1e-3,
      );
      assert.deepEqual(weightValues(target).slice(0, -2), before.slice(0, -2));
      assert.ok(hasPlainHead(target));
      target.dispose();
      again.dispose();
    });
    assert.deepEqual(lines, [
      "model_1: cut conv2d_2, global_average_pooling2d_1; the new head takes 4 features after global average pooling",
    ]);
    assert.deepEqual(weightValues(source), before);
    source.dispose();
    x.dispose();
  }));

test("a 1×1 convolution behind the pooling, with dropout and a softmax around it", () =>
  withoutLeaks(async () => {
    const source = publishedMobileNet({ side: 32 });
    const x = randomPixels(2, 32);
    const lines = await linesOf(() => {
      const target = replaceHead(source, { classes: 3, seed: 1 });
      assert.deepEqual(
        layersOf(target)
          .slice(-5)
          .map(({ name }) => name),
        ["global_average_pooling2d_1", "reshape_1", "dropout", "flatten", "head"],
      );
      const features = featuresBy(source, "global_average_pooling2d_1", x);
      assertClose(featuresInto(headOf(target).layer, target, x), features, 1e-3);
      target.dispose();
    });
    assert.deepEqual(lines, [
      "mobilenet_0.25_32: cut conv_preds, act_softmax, reshape_2; the new head takes 256 features",
    ]);
    source.dispose();
    x.dispose();
  }));

test("at: features behind any layer, of nested models too", () =>
  withoutLeaks(async () => {
    const source = publishedMobileNet({ side: 32 });
    const x = randomPixels(2, 32);
    const lines = await linesOf(() => {
      const target = replaceHead(source, { classes: 3, seed: 1, at: "conv_pw_11_relu" });
      assertClose(
        featuresInto(headOf(target).layer, target, x),
        featuresBy(source, "conv_pw_11_relu", x),
        1e-3,
      );
      target.dispose();
      const net = tinyNet();
      const low = replaceHead(net, { classes: 3, seed: 1, at: "relu2" });
      assert.equal(headOf(low).name, "head");
      assert.deepEqual(cardOf(low).input, cardOf(net).input);
      [net, low].forEach((model) => model.dispose());
    });
    assert.deepEqual(lines, [
      "mobilenet_0.25_32: cut conv_dw_12 to reshape_2 (18 layers); the new head takes 128 features after global average pooling",
      "convnet: cut conv3 to head (9 layers); the new head takes 64 features after global average pooling",
    ]);
    source.dispose();
    x.dispose();
  }));

test("a head inside a nested model is cut there, and the new one stands outside", () =>
  withoutLeaks(async () => {
    const x = randomPixels(2, 16);
    const input = tf.input({ shape: [16, 16, 3] });
    const inner = publishedNet();
    const halved = tf.layers.rescaling({ name: "scale", scale: 1 / 255 }).apply(input);
    const outer = tf.model({
      name: "outer",
      inputs: input,
      outputs: tf.layers
        .softmax({ name: "shares" })
        .apply(inner.apply(halved) as tf.SymbolicTensor) as tf.SymbolicTensor,
    });
    const features = tf.tidy(() => featuresBy(inner, "max_pooling2d_1", tf.div(x, 255)));
    const lines = await linesOf(async () => {
      const target = replaceHead(outer, { classes: 4, seed: 1 });
      const names = layersOf(target).map(({ name }) => name);
      assert.deepEqual(names.slice(-3), ["model_1/max_pooling2d_1", "global_average_pooling2d", "head"]);
      assertClose(featuresInto(headOf(target).layer, target, x), features, 1e-5);
      assert.ok(hasPlainHead(target), "Option 1 is quick");
      assert.deepEqual(
        cardOf(target).input.range,
        [0, 255],
        "it rescales by itself, so its input can be told",
      );
      const at = replaceHead(outer, { classes: 3, seed: 1, at: "leaky_re_lu_1" });
      const again = copyModel(at);
      assert.deepEqual(weightValues(again), weightValues(at));
      await train(at, stripes(8, 1, ["a", "b", "c"]), { seed: 1, steps: 1, batchSize: 8 });
      [target, at, again].forEach((model) => model.dispose());
    });
    assert.match(
      lines[0],
      /^outer: cut model_1\/conv2d_2, model_1\/global_average_pooling2d_1, shares; the new head takes 4/,
    );
    outer.dispose();
    x.dispose();
  }));
