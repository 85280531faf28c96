import assert from "node:assert/strict";
import { test } from "node:test";
import { imageAt, pick } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { activations } from "../../../src/helpers/inspect/activations";
import { initialize } from "../../../src/helpers/model";
import { assertClose, stripes, tinyNet, withoutLeaks } from "../tiny";

/** The oracle: the model cut off at a layer, one image after the other. */
function cutOff(model: tf.LayersModel, layer: string, images: ReturnType<typeof stripes>): number[] {
  const inner = tf.model({ inputs: model.inputs, outputs: model.getLayer(layer).output });
  return Array.from({ length: images.count }, (_, i) =>
    tf.tidy(() => {
      const image = tf.tensor4d(Float32Array.from(imageAt(images, i)), [1, 16, 16, 3]);
      return Array.from((inner.apply(image, { training: false }) as tf.Tensor).dataSync());
    }),
  ).flat();
}

test("feature maps are those of the model cut off there, over several batches and in the order asked", async () => {
  const model = tinyNet(3);
  const images = stripes(300);
  await withoutLeaks(async () => {
    const [late, early, head] = await activations(model, images, { layers: ["relu3", "pool1", "head"] });
    assert.deepEqual(
      [late.layer, late.height, late.width, late.channels, late.values.length],
      ["relu3", 2, 2, 128, 300 * 2 * 2 * 128],
    );
    assert.deepEqual([early.height, early.width, early.channels], [8, 8, 32]);
    assert.deepEqual([head.height, head.width, head.channels, head.values.length], [1, 1, 3, 900]);
    const checked = [0, 1, 255, 256, 299]; // around where batches meet
    for (const { layer, values } of [late, early, head]) {
      const length = values.length / 300;
      const there = checked.flatMap((i) => Array.from(values.subarray(i * length, (i + 1) * length)));
      assertClose(there, cutOff(model, layer, pick(images, checked)), 1e-4);
    }
  });
  model.dispose();
});

test("before the activation function is after batch norm, or without the layer's own", async () => {
  const model = tinyNet(3);
  const images = stripes(4);
  const [before] = await activations(model, images, { layers: ["conv2"], beforeActivation: true });
  assert.equal(before.layer, "conv2");
  assertClose(before.values, cutOff(model, "norm2", images), 1e-4);
  model.dispose();

  const layer = tf.layers.conv2d({
    name: "only",
    inputShape: [16, 16, 3],
    filters: 2,
    kernelSize: 3,
    activation: "relu",
  });
  const fused = tf.sequential({
    layers: [layer, tf.layers.flatten(), tf.layers.dense({ name: "out", units: 5, activation: "softmax" })],
  });
  initialize(fused, { seed: 4 });
  await withoutLeaks(async () => {
    // The number of classes doesn't matter: nothing is predicted.
    const [after] = await activations(fused, images, { layers: ["only"] });
    const [sums, logits] = await activations(fused, images, {
      layers: ["only", "out"],
      beforeActivation: true,
    });
    assert.ok(sums.values.some((value) => value < 0));
    assertClose(
      sums.values.map((value) => Math.max(0, value)),
      after.values,
    );
    assert.ok(logits.values.some((value) => value < 0 || value > 1));
  });
  fused.dispose();
});

test("what can't be had is refused, and work can be called off", async () => {
  const model = tinyNet();
  const images = stripes(3);
  await assert.rejects(activations(model, images, { layers: ["conv7"] }), /activations of "conv7".*"conv1"/);
  const large = { ...images, count: 20_000, images: new Uint8Array(20_000 * 768) };
  await assert.rejects(
    activations(model, large, { layers: ["conv1", "relu1"] }),
    /Cannot keep the activations of 20,000 images: "conv1" of 16×16×32, "relu1" of 8×8×32 take 782 MB, and 512 MB are allowed: 13107 images/,
  );
  await assert.rejects(
    activations(model, { ...images, input: { ...images.input, height: 12 } }, { layers: ["conv1"] }),
    /Cannot compute activations.*12×16×3.*adapt/,
  );
  const before = tf.memory().numTensors;
  await assert.rejects(
    activations(model, images, { layers: ["conv1"], signal: AbortSignal.abort() }),
    /abort/i,
  );
  assert.equal(tf.memory().numTensors, before);
  model.dispose();
});
