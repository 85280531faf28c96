import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { kernelNamed, kernelsOf } from "../../../src/helpers/model";
import { tinyNet } from "../tiny";

test("the kernels of all convolutions come in order, those of a nested model too", () => {
  const model = tinyNet();
  const names = ["conv1", "conv2", "conv3", "conv4"];
  assert.deepEqual(
    kernelsOf(model).map(({ name }) => name),
    names,
  );
  assert.deepEqual(kernelsOf(model)[1].kernel.shape, [3, 3, 32, 64]);
  const outer = tf.sequential({ layers: [model, tf.layers.dense({ units: 2 })] });
  assert.deepEqual(
    kernelsOf(outer).map(({ name }) => name),
    names.map((name) => `${model.name}/${name}`),
  );
  outer.dispose();
});

test("layers whose last axis isn't the unit's are left out", () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2dTranspose({ name: "larger", inputShape: [8, 8, 3], filters: 4, kernelSize: 3 }),
      tf.layers.depthwiseConv2d({ name: "apart", kernelSize: 3 }),
      tf.layers.conv2d({ name: "plain", filters: 2, kernelSize: 3 }),
    ],
  });
  assert.deepEqual(
    kernelsOf(model).map(({ name }) => name),
    ["plain"],
  );
  model.dispose();
});

test("one is found by name, the first without; another name is refused with those there are", () => {
  const model = tinyNet();
  assert.equal(kernelNamed(model, undefined, "read the kernels").name, "conv1");
  assert.equal(kernelNamed(model, "conv3", "read the kernels").name, "conv3");
  assert.throws(
    () => kernelNamed(model, "head", "read the kernels"),
    /Cannot read the kernels of "head": the convolutions are "conv1", "conv2", "conv3", "conv4"/,
  );
  model.dispose();
  const dense = tf.sequential({ name: "flat", layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  assert.throws(
    () => kernelNamed(dense, "conv1", "read the kernels"),
    /Cannot read the kernels of "flat": it has no convolution/,
  );
  dense.dispose();
});
