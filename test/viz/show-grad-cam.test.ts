import { createCanvas, loadImage } from "canvas";
import assert from "node:assert/strict";
import { test } from "node:test";
import { pick, type Examples } from "../../src/helpers";
import { gradCam, type GradCam } from "../../src/helpers/inspect/grad-cam";
import { showGradCam } from "../../src/viz/show-grad-cam";
import { stripes, tinyNet, withoutLeaks } from "../helpers/tiny";
import { assertPicture, capturedOne, type Shown } from "./capture";

/** Grey images of one brightness, 8×8, each with a map. */
function plain(levels: number[], heat: number[], peak = 2): [GradCam[], Examples] {
  const input = { type: "image" as const, height: 8, width: 8, channels: 1 };
  const images = Uint8Array.from(levels.flatMap((level) => new Array<number>(64).fill(level)));
  const examples: Examples = {
    images,
    labels: new Int32Array(levels.length),
    count: levels.length,
    classes: ["cat", "dog"],
    input: { ...input, range: [0, 255] },
  };
  const map: GradCam = {
    ...{ layer: "relu4", label: 1, name: "dog", probability: 0.934 },
    ...{ rows: 1, columns: 2, evidence: Float32Array.of(0, peak), peak },
    heat: Float32Array.from({ length: 64 }, (_, i) => heat[i % 8]),
  };
  return [levels.map(() => map), examples];
}

/** The colours of a picture at a place, in CSS px. */
async function colourAt({ data }: Shown, x: number, y: number): Promise<number[]> {
  const image = await loadImage(Buffer.from(data["image/png"] as string, "base64"));
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  return Array.from(context.getImageData(2 * x, 2 * y, 1, 1).data.slice(0, 3));
}

const lightness = ([r, g, b]: number[]): number => 0.299 * r + 0.587 * g + 0.114 * b;
const colourfulness = (rgb: number[]): number => Math.max(...rgb) - Math.min(...rgb);

test("each image stands above what the network looked at, with class and confidence", async () => {
  const images = stripes(7);
  const model = tinyNet(1, images.classes);
  await withoutLeaks(async () => {
    const maps = await gradCam(model, images);
    const shown = await capturedOne(() => showGradCam(maps, images));
    await assertPicture(shown);
    const { width, height } = shown.metadata["image/png"] as { width: number; height: number };
    assert.ok(width <= 620 && height > 4 * 112, `${width}×${height}`);
    const lines = (shown.data["text/plain"] as string).split("\n");
    assert.equal(lines[0], "What it looked at, by the maps of relu4");
    assert.equal(lines.length, 8);
    assert.match(
      lines[2],
      /^image 1, upright: \d\d % (across|upright|slanting), strongest evidence 0\.0\d+$/,
    );
    await assert.rejects(showGradCam(maps.slice(1), images), /Received: 6 for 7 images/);
    await assert.rejects(showGradCam([], pick(images, [])), /Received: 0 for 0/);
    const other = { ...maps[0], heat: maps[0].heat.slice(1) };
    await assert.rejects(showGradCam([other], pick(images, [0])), /another size than 16×16/);
  });
  model.dispose();
});

test("places without evidence stay grey; the more of it, the lighter is its colour", async () => {
  const heat = [0, 0.14, 0.28, 0.42, 0.57, 0.71, 0.85, 1];
  const [maps, images] = plain([0, 128], heat);
  const shown = await capturedOne(() => showGradCam(maps, images));
  const y = 24 + 6 + 112 + 14 + 6 + 56; // the middle of the second row of images
  const colours = await Promise.all(heat.map((_, i) => colourAt(shown, 6 + 14 * i + 7, y)));
  assert.equal(colourfulness(colours[0]), 0);
  colours.slice(1).forEach((colour, i) => {
    if (heat[i + 1] > 0.4) assert.ok(colourfulness(colour) > 40, `colour at ${heat[i + 1]}`);
    assert.ok(lightness(colour) > lightness(colours[i]), `lightness at ${heat[i + 1]}`);
  });
  const brighter = await colourAt(shown, 6 + 112 + 6 + 7, y);
  assert.ok(lightness(brighter) > lightness(colours[0]) + 50, "the image shows through");
});

test("where nothing speaks for a class, it says so", async () => {
  const [maps, images] = plain([128], new Array<number>(8).fill(0), -0.3);
  const shown = await capturedOne(() => showGradCam(maps, images));
  assert.match(shown.data["text/plain"] as string, /image 0, cat: 93 % dog, no evidence$/);
  const labelled = (
    await capturedOne(() => showGradCam(plain([128], new Array<number>(8).fill(0.5))[0], images))
  ).metadata;
  const height = (metadata: Shown["metadata"]) => (metadata["image/png"] as { height: number }).height;
  assert.ok(height(shown.metadata) > height(labelled), "a second line below the map");
});
