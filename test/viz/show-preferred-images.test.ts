import { createCanvas, loadImage } from "canvas";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PreferredImage } from "../../src/helpers/inspect/preferred-image";
import { showPreferredImages } from "../../src/viz/show-preferred-images";
import { assertPicture, capturedOne, type Shown } from "./capture";

/** A picture of one colour: red for unit 0, green for unit 1, blue for unit 2. */
function image(layer: string, unit: number, side: number, channels = 3): PreferredImage {
  const pixels = Float32Array.from({ length: side * side * channels }, (_, i) => Number(i % 3 === unit % 3));
  const box = { top: 0, left: 0, bottom: side, right: side };
  const read = { layer, readAt: "norm", unit, activation: 10 + unit, start: -0.25 };
  return { ...read, box, pixels, height: side, width: side, channels, range: [0, 1] };
}

async function pictureOf(
  work: () => unknown,
): Promise<{ shown: Shown; text: string; width: number; height: number }> {
  const shown = await capturedOne(work);
  await assertPicture(shown);
  const { width, height } = shown.metadata["image/png"] as { width: number; height: number };
  assert.ok(width <= 640, `${width} px wide`);
  return { shown, text: shown.data["text/plain"], width, height };
}

/** How many of the picture's own pixels are purely of this colour. */
async function areas({ data }: Shown): Promise<{ red: number; green: number; blue: number }> {
  const loaded = await loadImage(Buffer.from(data["image/png"] as string, "base64"));
  const context = createCanvas(loaded.width, loaded.height).getContext("2d");
  context.drawImage(loaded, 0, 0);
  const { data: rgba } = context.getImageData(0, 0, loaded.width, loaded.height);
  const found = { red: 0, green: 0, blue: 0 };
  for (let i = 0; i < rgba.length; i += 4) {
    const key = `${rgba[i]} ${rgba[i + 1]} ${rgba[i + 2]}`;
    if (key === "255 0 0") found.red++;
    if (key === "0 255 0") found.green++;
    if (key === "0 0 255") found.blue++;
  }
  return found;
}

test("images of several layers stand under their layers, all of one size", async () => {
  const layers = [
    [image("conv1", 0, 6), image("conv1", 3, 6)],
    [image("conv2", 1, 50), image("conv2", 4, 50)],
    image("head", 2, 32),
  ];
  const { shown, text, height } = await pictureOf(() => showPreferredImages(layers));
  assert.match(
    text,
    /conv1 \(6×6 px\): unit 0 -0\.3 → 10\.0, unit 3 -0\.3 → 13\.0\nconv2 \(50×50 px\): unit 1/,
  );
  assert.match(text, /\nhead \(32×32 px\): unit 2/);
  const { red, green, blue } = await areas(shown);
  assert.equal(red, 2 * 288 * 288);
  assert.equal(green, 2 * 288 * 288);
  assert.equal(blue, 288 * 288);
  const flat = await pictureOf(() => showPreferredImages(layers.flat()));
  assert.equal(flat.height, height);
});

test("one image, or those of one layer, need no heading", async () => {
  const one = await pictureOf(() => showPreferredImages(image("conv3", 25, 24)));
  assert.match(one.text, /\nconv3 \(24×24 px\): unit 25 -0\.3 → 35\.0$/);
  const row = await pictureOf(() => showPreferredImages([image("conv3", 0, 24), image("conv3", 1, 24)]));
  assert.equal(row.height, one.height);
  const two = await pictureOf(() =>
    showPreferredImages([image("conv3", 0, 24), image("conv3", 1, 24)], { columns: 1 }),
  );
  assert.ok(two.height > one.height + 144);
});

test("classes have names, many images fit the page, and large ones are shrunk", async () => {
  const classes = await pictureOf(() =>
    showPreferredImages([image("head", 0, 32), image("head", 1, 32)], {
      names: ["cat", "dog"],
      title: "Classes",
    }),
  );
  assert.match(classes.text, /: cat -0\.3 → 10\.0, dog -0\.3 → 11\.0$/);
  const many = Array.from({ length: 33 }, (_, unit) => image("conv4", unit, 40));
  const { shown } = await pictureOf(() => showPreferredImages(many));
  const { red, green } = await areas(shown);
  assert.equal(red, 11 * 140 * 140);
  assert.equal(red, green);
  const { height } = await pictureOf(() => showPreferredImages([image("out", 0, 400), image("conv1", 1, 3)]));
  assert.ok(height < 400, `${height} px high`);
  await pictureOf(() => showPreferredImages({ ...image("conv1", 1, 9, 1), unit: 4 }));
});

test("nothing, a row without room and images that can't be drawn are refused", async () => {
  await assert.rejects(showPreferredImages([]), /Cannot show preferred images: there are none/);
  await assert.rejects(showPreferredImages([[]]), /there are none/);
  for (const columns of [0, 1.5, 21])
    await assert.rejects(
      showPreferredImages(image("conv1", 0, 6), { columns }),
      new RegExp(`from 1 to 20. Received: ${columns}`),
    );
  await assert.rejects(showPreferredImages(image("conv1", 0, 6, 2)), /1 or 3 channels.*of 2 channels/);
});
