import { createCanvas, loadImage } from "canvas";
import assert from "node:assert/strict";
import { test } from "node:test";
import { renderChart, type ChartSpec } from "../../src/viz/chart";
import { imageGrid, type Picture, type Raster } from "../../src/viz/raster";

const tile: Raster = { pixels: [0, 255, 255, 0], height: 2, width: 2, channels: 1, range: [0, 255] };

/** The red of each pixel, row by row. */
async function redOf({ png }: Picture): Promise<{ at: (x: number, y: number) => number; dark: number }> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const red = data.filter((_, i) => i % 4 === 0);
  return { at: (x, y) => red[y * image.width + x], dark: red.filter((value) => value < 128).length };
}

test("a small image is drawn as sharp blocks at twice the density", async () => {
  const picture = imageGrid([tile], { columns: 1, scale: 5, gap: 4 });
  assert.deepEqual([picture.width, picture.height], [18, 18]);
  const { at } = await redOf(picture);
  for (const [x, y, value] of [
    [0, 0, 255], // the gap
    [8, 8, 0],
    [17, 17, 0],
    [18, 8, 255],
    [27, 17, 255],
    [18, 18, 0],
  ])
    assert.equal(at(x, y), value, `${x}, ${y}`);
});

test("colours keep their order, and values outside the range are cut off", async () => {
  const pixels = Float32Array.of(2, 0.5, -1);
  const picture = imageGrid([{ pixels, height: 1, width: 1, channels: 3, range: [0, 1] }], {
    columns: 1,
    scale: 4,
    gap: 0,
  });
  const context = createCanvas(8, 8).getContext("2d");
  context.drawImage(await loadImage(picture.png), 0, 0);
  assert.deepEqual([...context.getImageData(4, 4, 1, 1).data], [255, 128, 0, 255]);
});

test("labels and titles are written, and make room for themselves", async () => {
  const white = { ...tile, pixels: [255, 255, 255, 255] };
  const plain = imageGrid([white], { columns: 1 });
  assert.equal((await redOf(plain)).dark, 0);
  const labelled = imageGrid([{ ...white, label: "automobile" }], { columns: 1 });
  assert.ok((await redOf(labelled)).dark > 100);
  assert.ok(labelled.width > plain.width);
  const titled = imageGrid([white], { columns: 1, title: "A title that is wider than its picture" });
  assert.ok((await redOf(titled)).dark > 400);
  assert.ok(titled.width > 200, `${titled.width}`);
  const long = imageGrid([{ ...white, label: "a".repeat(200) }], {
    columns: 1,
    rowLabels: ["b".repeat(200)],
  });
  assert.ok(long.width < 300, `${long.width}`);
});

test("each line of a label is written below the other, and all cells make room for the longest", async () => {
  const white = { ...tile, pixels: [255, 255, 255, 255] };
  const grid = (...labels: (string | undefined)[]): Picture =>
    imageGrid(
      labels.map((label) => ({ ...white, label })),
      { columns: 2 },
    );
  const [none, one, two] = [grid(undefined, ""), grid("cat", "dog"), grid("cat\nbut is dog", "dog")];
  assert.equal(one.height - none.height, two.height - one.height);
  assert.ok(two.width > one.width, "the longer line counts");
  const dark = await Promise.all([none, one, two].map(async (picture) => (await redOf(picture)).dark));
  assert.ok(dark[0] === 0 && dark[2] > 1.5 * dark[1], dark.join());
});

test("a grid of nothing, or of an image that isn't what it says, is refused", () => {
  assert.throws(() => imageGrid([], { columns: 1 }), /Cannot draw a grid.*Received: 0, 1, 2/);
  assert.throws(() => imageGrid([tile], { columns: 0 }), /Received: 1, 0, 2/);
  assert.throws(() => imageGrid([{ ...tile, width: 3 }], { columns: 1 }), /image 0.*2×3.*Received: 4 values/);
  assert.throws(() => imageGrid([{ ...tile, range: [1, 1] }], { columns: 1 }), /range 1 to 1/);
});

const bars: ChartSpec = {
  data: {
    values: [
      { name: "cat", share: 0.2 },
      { name: "dog", share: 0.9 },
    ],
  },
  mark: "bar",
  encoding: { x: { field: "share", type: "quantitative" }, y: { field: "name", type: "nominal" } },
};

test("a chart leaves its specification as it was and gives back the one drawn", async () => {
  const before = structuredClone(bars);
  const { spec, png, width, height } = await renderChart(bars);
  assert.deepEqual(bars, before);
  assert.match(spec.$schema!, /vega-lite\/v5/);
  assert.deepEqual((spec as typeof bars & { data: unknown }).data, bars.data);
  const image = await loadImage(png);
  assert.deepEqual([image.width, image.height], [2 * width, 2 * height]);
  assert.deepEqual((await renderChart(bars)).png, png);
});

test("a chart writes its words", async () => {
  const hidden = { axis: null };
  const wordless = structuredClone(bars) as unknown as { encoding: Record<string, object> };
  for (const channel of ["x", "y"]) Object.assign(wordless.encoding[channel], hidden);
  const [withWords, without] = await Promise.all(
    [bars, wordless].map(async (spec) => (await redOf(await renderChart(spec as ChartSpec))).dark),
  );
  assert.ok(withWords > without + 200, `${withWords}, ${without}`);
});

test("a specification that vega-lite doesn't like is refused, not drawn blank", async () => {
  const wrong = {
    ...bars,
    encoding: { z: { field: "share", type: "quantitative" } },
  } as unknown as ChartSpec;
  await assert.rejects(renderChart(wrong), /Cannot draw the chart/);
});
