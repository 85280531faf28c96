import assert from "node:assert/strict";
import { test } from "node:test";
import { imageLength, pick, type Examples } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { activations } from "../../../src/helpers/inspect/activations";
import { nearestTrainingImages, type Neighbours } from "../../../src/helpers/inspect/nearest";
import { assertClose, stripes, tinyNet, withoutLeaks } from "../tiny";

/** The oracle: every cosine, in double precision, sorted. */
async function sorted(
  model: tf.LayersModel,
  layer: string,
  images: Examples,
  training: Examples,
): Promise<{ index: number; cosine: number }[][]> {
  const rows = async (examples: Examples): Promise<number[][]> => {
    const [{ values }] = await activations(model, examples, { layers: [layer] });
    const length = values.length / examples.count;
    return Array.from({ length: examples.count }, (_, i) => [
      ...values.subarray(i * length, (i + 1) * length),
    ]);
  };
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const known = await rows(training);
  return (await rows(images)).map((row) =>
    known
      .map((other, index) => ({
        index,
        cosine: dot(row, other) / Math.sqrt(dot(row, row) * dot(other, other)),
      }))
      .sort((a, b) => b.cosine - a.cosine),
  );
}

function assertNearest(
  found: Neighbours[],
  expected: { index: number; cosine: number }[][],
  k: number,
): void {
  assert.equal(found.length, expected.length);
  found.forEach(({ indices, similarities }, i) => {
    assert.equal(indices.length, k);
    assertClose(
      similarities,
      expected[i].slice(0, k).map(({ cosine }) => cosine),
      1e-5,
    );
    // Two that are equally near may change places.
    const cosineOf = new Map(expected[i].map(({ index, cosine }) => [index, cosine]));
    assertClose(
      Array.from(indices, (index) => cosineOf.get(index)!),
      similarities,
      1e-5,
    );
    assert.equal(new Set(indices).size, k);
  });
}

test("the nearest are those that all cosines, sorted, give, over several batches", async () => {
  const model = tinyNet(7);
  const training = stripes(600, 5);
  const images = stripes(7, 6);
  await withoutLeaks(async () => {
    const found = await nearestTrainingImages(model, images, training);
    assertNearest(found, await sorted(model, "relu4", images, training), 5);
    assert.ok(
      found.some(({ indices }) => indices.some((index) => index >= 512)),
      "later batches count",
    );
    const earlier = await nearestTrainingImages(model, images, training, { k: 2, layer: "relu2" });
    assertNearest(earlier, await sorted(model, "relu2", images, training), 2);
  });
  model.dispose();
});

test("an image among the training images is its own nearest, and there are never more than there are", async () => {
  const model = tinyNet(7);
  const training = stripes(9, 5);
  const found = await nearestTrainingImages(model, pick(training, [8, 0]), training, { k: 20 });
  assert.deepEqual(
    found.map(({ indices }) => [indices[0], indices.length]),
    [
      [8, 9],
      [0, 9],
    ],
  );
  assertClose([found[0].similarities[0], found[1].similarities[0]], [1, 1]);
  assert.ok(found.every(({ similarities }) => similarities.every((s) => s >= -1 && s <= 1)));
  model.dispose();
});

test("a model without hidden layers compares pixels, and a probabilistic head doesn't matter", async () => {
  const linear = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [16, 16, 3] }),
      tf.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
  const training = stripes(30, 5);
  const images = stripes(2, 6);
  const pixels = (examples: Examples, i: number): number[] =>
    Array.from(examples.images.subarray(i * imageLength(examples.input), (i + 1) * 768));
  const cosine = (a: number[], b: number[]): number => {
    const dot = (p: number[], q: number[]): number => p.reduce((sum, value, i) => sum + value * q[i], 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  const expected = [0, 1].map((i) =>
    Array.from({ length: 30 }, (_, index) => ({
      index,
      cosine: cosine(pixels(images, i), pixels(training, index)),
    })).sort((a, b) => b.cosine - a.cosine),
  );
  assertNearest(await nearestTrainingImages(linear, images, training, { k: 3 }), expected, 3);
  linear.dispose();
});

test("a wrong k, a missing layer and too many images are refused; work can be called off", async () => {
  const model = tinyNet();
  const few = stripes(3);
  await assert.rejects(nearestTrainingImages(model, few, few, { k: 0 }), /from 1. Received: 0/);
  await assert.rejects(nearestTrainingImages(model, few, few, { layer: "conv8" }), /by "conv8".*"conv1"/);
  const many = { ...few, count: 20_000, images: new Uint8Array(20_000 * 768) };
  await assert.rejects(
    nearestTrainingImages(model, many, few, { layer: "conv1" }),
    /Cannot compare 20,000 images by 8,192 features: they take 625 MB, and 512 MB are allowed: 16384 images/,
  );
  const open = tf.sequential({
    layers: [tf.layers.conv2d({ inputShape: [null, null, 3], filters: 3, kernelSize: 1 })],
  });
  const smaller = { ...few, images: new Uint8Array(3 * 588), input: { ...few.input, height: 14, width: 14 } };
  await assert.rejects(nearestTrainingImages(open, smaller, few), /another size.*adapt/);
  open.dispose();
  const before = tf.memory().numTensors;
  await assert.rejects(nearestTrainingImages(model, few, few, { signal: AbortSignal.abort() }), /abort/i);
  assert.equal(tf.memory().numTensors, before);
  model.dispose();
});
