import { createCanvas, loadImage } from "canvas";
import assert from "node:assert/strict";
import { test } from "node:test";
import { imageGrid, imageGroups, type ImageGroup, type Picture, type Raster } from "../../src/viz/raster";

const SIDE = 10; // CSS px of a tile
const GAP = 4;
const DENSITY = 2;

/** A tile of one colour. */
function tile(red: number, label?: string): Raster {
  return { pixels: [red, 0, 255], height: 1, width: 1, channels: 3, range: [0, 255], label };
}

/** Where each tile begins, by its red, in CSS px. */
async function placesOf({ png }: Picture): Promise<Record<number, [x: number, y: number]>> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const places: Record<number, [number, number]> = {};
  for (let i = 0; i < image.width * image.height; i++) {
    const [red, green, blue] = data.subarray(4 * i, 4 * i + 3);
    if (green === 0 && blue === 255)
      places[red] ??= [(i % image.width) / DENSITY, Math.floor(i / image.width) / DENSITY];
  }
  return places;
}

const groups: ImageGroup[] = [
  { heading: "first", images: [tile(10), tile(20), tile(30)] },
  { heading: "second", images: [tile(40)] },
];
const options = { columns: 2, scale: SIDE, gap: GAP };

test("groups stand below each other, their rows and columns in line", async () => {
  const picture = imageGroups(groups, options);
  const places = await placesOf(picture);
  const [x, y] = places[10];
  const step = SIDE + GAP;
  assert.deepEqual(places[20], [x + step, y]);
  assert.deepEqual(places[30], [x, y + step]);
  assert.ok(places[40][0] === x && places[40][1] > y + 2 * step, `${places[40]}`);
  // Room for each heading, and none where there is none.
  const bare = imageGroups(groups.map(({ images }) => ({ images })), options); // prettier-ignore
  assert.deepEqual((await placesOf(bare))[40], [x, GAP + 2 * step]);
  assert.equal(picture.height - bare.height, 2 * (places[10][1] - GAP));
});

test("one group without a heading is a grid", () => {
  const images = [tile(10, "a"), tile(20)];
  assert.deepEqual(imageGroups([{ images }], options), imageGrid(images, options));
});

test("a label in one group makes cells of the same size in all; a long heading widens the picture", async () => {
  const labelled = [groups[0], { heading: "second", images: [tile(40, "a label"), tile(50)] }];
  const places = await placesOf(imageGroups(labelled, options));
  const across = places[20][0] - places[10][0];
  assert.ok(across > SIDE + GAP);
  assert.equal(places[50][0] - places[40][0], across);
  const long = imageGroups([{ heading: "h".repeat(60), images: [tile(10)] }], options);
  assert.ok(long.width > 300, `${long.width}`);
});

test("row labels go on from group to group, to the left of the images", async () => {
  const plain = await placesOf(imageGroups(groups, options));
  const picture = imageGroups(groups, { ...options, rowLabels: ["one", "two", "three"] });
  const places = await placesOf(picture);
  const left = places[10][0] - plain[10][0];
  assert.ok(left > 20, `${left}`);
  assert.deepEqual(places[40], [plain[40][0] + left, plain[40][1]]);
  const other = imageGroups(groups, { ...options, rowLabels: ["one", "two", "other"] });
  assert.notDeepEqual(other.png, picture.png); // the third row is the second group's
});

test("groups without any image are refused", () => {
  assert.throws(() => imageGroups([], options), /Cannot draw a grid.*Received: 0, 2, 10/);
  assert.throws(() => imageGroups([{ heading: "none", images: [] }], options), /Received: 0, 2, 10/);
});
