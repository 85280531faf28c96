import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestTrainingImages, pick, topPatches } from "../../src/helpers";
import { showFeatureMaps } from "../../src/viz/show-feature-maps";
import { showNearest } from "../../src/viz/show-nearest";
import { showTopPatches } from "../../src/viz/show-top-patches";
import { stripes, tinyNet, withoutLeaks } from "../helpers/tiny";
import { assertPicture, capturedOne, type Shown } from "./capture";

/** A picture, and the text that stands for it. */
async function pictureOf(work: () => unknown): Promise<{ text: string; width: number; height: number }> {
  const shown: Shown = await capturedOne(work);
  await assertPicture(shown);
  const { width, height } = shown.metadata["image/png"] as { width: number; height: number };
  assert.ok(width <= 620, `${width} px wide`);
  return { text: shown.data["text/plain"], width, height };
}

test("feature maps show the image and a line of maps for each layer, or more lines where asked", async () => {
  const model = tinyNet();
  const images = stripes(5);
  await withoutLeaks(async () => {
    const layers = ["conv1", "relu2", "head"];
    const short = await pictureOf(() => showFeatureMaps(model, images, { layers, image: 2 }));
    assert.match(
      short.text,
      /conv1 \(8 of 32 maps\), relu2 \(8 of 64 maps\), head \(3 of 3 maps\).*slanting/,
    );
    const long = await pictureOf(() => showFeatureMaps(model, images, { layers, channels: 20 }));
    assert.equal(long.width, short.width);
    assert.ok(long.height > short.height + 100, `${long.height} and ${short.height} px`);
  });
  await assert.rejects(showFeatureMaps(model, images, { layers: [] }), /Received: 0 layers/);
  await assert.rejects(showFeatureMaps(model, images, { layers: ["conv1"], image: 5 }), /example 5/);
  model.dispose();
});

test("top patches show a row for each unit and name the images", async () => {
  const model = tinyNet();
  const patches = await topPatches(model, "conv2", stripes(5), { perUnit: 3 });
  const { text, height } = await pictureOf(() => showTopPatches(patches));
  assert.match(text, /patches of 5 images.*conv2 most, 12×12 px/);
  assert.equal(text.split("\n").length, 1 + 12);
  const { image } = patches.units[9].patches[0];
  const chosen = await pictureOf(() => showTopPatches(patches, { units: [9, 2] }));
  assert.match(chosen.text, new RegExp(`\nunit 9: images ${image},.*\nunit 2: images`));
  assert.ok(chosen.height < height / 3);
  await assert.rejects(showTopPatches(patches, { units: [64] }), /unit 64/);
  await assert.rejects(showTopPatches(patches, { units: [] }), /no units/);
  model.dispose();
});

test("neighbours stand beside their image, with class and similarity", async () => {
  const model = tinyNet();
  const training = stripes(8);
  const images = pick(training, [1, 2]);
  const neighbours = await nearestTrainingImages(model, images, training, { k: 3 });
  const { text } = await pictureOf(() => showNearest(images, neighbours, training));
  assert.match(text, /\nupright: upright 1\.00, \w+ 0\.\d\d, \w+ 0\.\d\d\nslanting: slanting 1\.00, /);
  await assert.rejects(showNearest(images, neighbours.slice(1), training), /Received: 1 for 2 images/);
  model.dispose();
});
