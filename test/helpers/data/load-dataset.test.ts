import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  checkExamples,
  datasetNames,
  loadDataset,
  selectClasses,
  type DatasetName,
  type InputSpec,
} from "../../../src/helpers/data";
import { withData } from "./make-files";

const mirror = process.env.TRANSFER_LAB_MIRROR;
const without = (set: string): string | false =>
  mirror && existsSync(join(mirror, set)) ? false : `no real ${set} here: TRANSFER_LAB_MIRROR has none`;

/** The names and number of images of each class. */
function tally(labels: Int32Array, classes: string[]): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}

test("an unknown name is answered with those that there are", async () => {
  assert.deepEqual(datasetNames, ["mnist", "fashion-mnist", "cifar10", "cifar100", "scenes", "pen-digits"]);
  const wrong = "minst" as DatasetName;
  const names =
    /Cannot load "minst": there are "mnist", "fashion-mnist", "cifar10", "cifar100", "scenes", "pen-digits"/;
  await assert.rejects(loadDataset(wrong), names);
  await assert.rejects(loadDataset("mnist", { orElse: wrong }), names);
});

test("coarse labels are CIFAR-100's alone", async () => {
  await assert.rejects(
    loadDataset("mnist", { labels: "coarse" }),
    /mnist with labels "coarse": it has "fine"/,
  );
  await assert.rejects(loadDataset("cifar100", { labels: "rough" as "fine" }), /it has "fine", "coarse"/);
});

test("offline: the error says what was tried and what to do", async () => {
  await withData({ TRANSFER_LAB_PROFILE: "offline" }, async () => {
    await assert.rejects(loadDataset("mnist"), (error: Error) => {
      assert.match(error.message, /^Cannot load mnist. What was tried:\n- TRANSFER_LAB_PROFILE=offline: /);
      assert.match(error.message, /Set TRANSFER_LAB_MIRROR to .* mnist\/train-images-idx3-ubyte.gz/);
      assert.match(error.message, /loadDataset\("mnist", \{ orElse: "pen-digits" \}\)/);
      return true;
    });
  });
});

test("offline: orElse is used, and said", async () => {
  const lines = await withData({ TRANSFER_LAB_PROFILE: "offline" }, async () => {
    const set = await loadDataset("mnist", { orElse: "pen-digits", seed: 1 });
    assert.equal(set.name, "pen-digits");
    checkExamples(set.train, { everyClass: true });
  });
  assert.deepEqual(lines, ["mnist cannot be had here: pen-digits is used instead."]);
});

test("another input type is refused before anything is loaded", async () => {
  const sound: InputSpec = { type: "audio", height: 32, width: 32, channels: 1, range: [0, 1] };
  await withData({ TRANSFER_LAB_PROFILE: "offline" }, async () => {
    await assert.rejects(loadDataset("mnist", { like: sound }), /only between data of the same input type/);
  });
});

test("a signal that is stopped already stops at once", async () => {
  await assert.rejects(loadDataset("mnist", { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("real MNIST: counts, first labels, then from the cache", { skip: without("mnist") }, async (t) => {
  const lines = await withData({ TRANSFER_LAB_MIRROR: mirror }, async () => {
    const start = performance.now();
    const first = await loadDataset("mnist");
    const middle = performance.now();
    const second = await loadDataset("mnist");
    t.diagnostic(
      `first ${(middle - start).toFixed(0)} ms, from the cache ${(performance.now() - middle).toFixed(0)} ms`,
    );
    assert.deepEqual(second, first);
    assert.equal(first.train.count, 60_000);
    assert.equal(first.test.count, 10_000);
    // The first labels of each part, as every textbook prints them.
    assert.deepEqual([...first.train.labels.subarray(0, 10)], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert.deepEqual([...first.test.labels.subarray(0, 10)], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    assert.deepEqual(
      tally(first.train.labels, first.classes),
      [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    );
    checkExamples(first.test, { everyClass: true });

    const adapted = await loadDataset("mnist", {
      like: { ...first.input, height: 32, width: 32, channels: 3 },
    });
    assert.equal(adapted.test.images.length, 10_000 * 32 * 32 * 3);
  });
  assert.deepEqual(lines, ["mnist: 28×28 → 32×32, grey → RGB"]);
});

test("real CIFAR-10: counts, classes, then from the cache", { skip: without("cifar10") }, async (t) => {
  await withData({ TRANSFER_LAB_MIRROR: mirror }, async () => {
    const start = performance.now();
    const first = await loadDataset("cifar10");
    const middle = performance.now();
    const second = await loadDataset("cifar10");
    t.diagnostic(
      `first ${(middle - start).toFixed(0)} ms, from the cache ${(performance.now() - middle).toFixed(0)} ms`,
    );
    const [decoded, cached] = [first, second].map(({ train }) => train.images as Uint8Array);
    assert.equal(Buffer.compare(decoded, cached), 0, "the same pixels");
    assert.deepEqual(second.train.labels, first.train.labels);
    assert.deepEqual(tally(first.train.labels, first.classes), new Array(10).fill(5000));
    assert.deepEqual(tally(first.test.labels, first.classes), new Array(10).fill(1000));
    // The known mean of CIFAR-10's training images, by colour; JPEG moves it by less than 0.2 of 255.
    const means = [0, 0, 0];
    first.train.images.forEach((value, i) => (means[i % 3] += value));
    [125.31, 122.95, 113.87].forEach((mean, c) =>
      assert.ok(Math.abs(means[c] / 51_200_000 - mean) < 0.5, `${means}`),
    );
    const animals = selectClasses(first, ["bird", "cat", "deer", "dog", "frog"]);
    assert.equal(animals.train.count, 25_000);
  });
});
