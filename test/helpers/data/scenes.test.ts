import assert from "node:assert/strict";
import { test } from "node:test";
import { imageAt } from "../../../src/helpers/data/examples";
import { makeScenes } from "../../../src/helpers/data/scenes";
import { countsOf, distinctImages, fingerprint, nearestMeanAccuracy } from "./made-sets";

const started = performance.now();
const scenes = makeScenes({ seed: 1, train: 1500, test: 500 });
const perImageMs = (performance.now() - started) / 2000;

test("scenes are 32×32 colour bytes of ten classes", (t) => {
  t.diagnostic(`${perImageMs.toFixed(2)} ms per image`);
  assert.equal(scenes.name, "scenes");
  assert.deepEqual(scenes.input, { type: "image", height: 32, width: 32, channels: 3, range: [0, 255] });
  assert.equal(new Set(scenes.classes).size, 10);
  for (const { images, labels, count } of [scenes.train, scenes.test]) {
    assert.ok(images instanceof Uint8Array);
    assert.equal(images.length, count * 32 * 32 * 3);
    assert.equal(labels.length, count);
  }
  assert.deepEqual([scenes.train.count, scenes.test.count], [1500, 500]);
});

test("the same seed gives the same scenes on every machine, another seed others", () => {
  const few = { train: 30, test: 20 };
  assert.equal(fingerprint(makeScenes({ seed: 1, ...few })), "5f97420a02cb271e08469e87764078bd");
  assert.notEqual(fingerprint(makeScenes({ seed: 2, ...few })), fingerprint(makeScenes({ seed: 1, ...few })));
});

test("a scene does not depend on how many are asked for", () => {
  const few = makeScenes({ seed: 1, train: 7, test: 13 });
  assert.deepEqual(few.train.images, scenes.train.images.slice(0, few.train.images.length));
  assert.deepEqual(few.test.images, scenes.test.images.slice(0, few.test.images.length));
  assert.deepEqual(few.test.labels, scenes.test.labels.slice(0, 13));
});

test("the classes of scenes are balanced, whatever their number", () => {
  assert.deepEqual(countsOf(scenes.train), Array(10).fill(150));
  const odd = countsOf(makeScenes({ train: 27, test: 1 }).train);
  assert.deepEqual([...new Set(odd)].sort(), [2, 3]);
});

test("no two scenes are the same, and none is blank", () => {
  assert.equal(distinctImages([scenes.train, scenes.test]), 2000);
  for (let i = 0; i < scenes.test.count; i++) {
    const image = imageAt(scenes.test, i);
    const spread = Math.max(...image) - Math.min(...image);
    assert.ok(spread > 20, `test image ${i} spans only ${spread} of 255 values`);
  }
});

test("neither mean colour nor the mean picture tells the classes of scenes apart", () => {
  const meanColour = (image: ArrayLike<number>): number[] => {
    const sums = [0, 0, 0];
    for (let i = 0; i < image.length; i++) sums[i % 3] += image[i] / (image.length / 3);
    return sums;
  };
  const byColour = nearestMeanAccuracy(scenes, meanColour);
  const byPicture = nearestMeanAccuracy(scenes, (image) => image);
  assert.ok(byColour < 0.25, `nearest mean colour: ${byColour}`);
  assert.ok(byPicture < 0.35, `nearest mean picture: ${byPicture}`);
});

test("a number of scenes that cannot be made is refused", () => {
  assert.throws(() => makeScenes({ train: 0 }), {
    name: "RangeError",
    message: "Cannot make scenes: `train` is a whole number of images, 1 or more. Received: 0.",
  });
  assert.throws(() => makeScenes({ train: 1, test: 2.5 }), /`test` .* Received: 2.5/);
  assert.throws(() => makeScenes({ seed: 0.5 }), /a seed is a whole number/);
});
