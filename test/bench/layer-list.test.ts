import assert from "node:assert/strict";
import { test } from "node:test";
import { layerList } from "../../bench/layer-list";
import { plainNetwork } from "../../bench/plain-network";
import { tf } from "../../src/helpers/engine";
import { buildConvNet, buildMobileNet } from "../../src/helpers/model";

test("the peers are told every layer, with what decides on its shape", () => {
  const model = buildConvNet({ inputShape: [32, 32, 3], classes: 10, seed: 1 });
  const list = layerList(model);
  assert.equal(list.length, 18);
  assert.deepEqual(list[1], {
    name: "conv1",
    kind: "convolution",
    depthwise: false,
    filters: 32,
    kernelSize: 5,
    strides: 1,
    padding: "same",
    bias: false,
  });
  assert.deepEqual(list.at(-1), { name: "head", kind: "dense", units: 10, inputs: 2048 });
  model.dispose();
});

test("the plain network has biases and no batch norm", () => {
  const model = plainNetwork(tf);
  const kinds = new Set(layerList(model).map(({ kind }) => kind));
  assert.ok(!kinds.has("norm"));
  assert.equal(layerList(model)[1].bias, true);
  model.dispose();
});

test("a layer that the peers don't know is refused", () => {
  const model = buildMobileNet({ alpha: 0.25, inputShape: [32, 32, 3], classes: 2, seed: 1 });
  assert.throws(() => layerList(model), /Cannot list "reshape_1": the peers know no Reshape/);
  model.dispose();
});
