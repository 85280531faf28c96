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
import { train } from "../../../src/helpers/train";
import { assertClose, stripes, tinyNet, weightValues, withoutLeaks } from "../tiny";

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
    assert.equal(headOf(innerHead).name, "trunk/head");
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

test("a model without a dense last layer is refused by name", () =>
  withoutLeaks(() => {
    const model = tf.sequential({
      layers: [tf.layers.conv2d({ name: "last", filters: 2, kernelSize: 3, inputShape: [8, 8, 1] })],
    });
    assert.throws(
      () => replaceHead(model, { classes: 2, seed: 1 }),
      /"last", is a Conv2D. It has to be Dense/,
    );
    model.dispose();
  }));
