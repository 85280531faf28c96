/** The drawing pad in JupyterLab: draw, read, teach, learn, save, find it again. The tests follow one another. */
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { strokesOf, symbol } from "../pad/digits";
import type { Stroke } from "../../../src/live/pad";
import { JupyterLab, noBrowser, type NotebookPage } from "./lab";
import { ROOT } from "./python";

const options = { skip: noBrowser };
let lab: JupyterLab;
let book: NotebookPage;

const CELLS = [
  `require("tsx/cjs");
const { drawingPad } = require(${JSON.stringify(join(ROOT, "src/live/pad/index.ts"))});
const { digitReader } = require(${JSON.stringify(join(ROOT, "test/live/pad/digits.ts"))});
const model = await digitReader();
const pad = drawingPad(model);
await pad.show();`,
];

before(async () => {
  if (noBrowser) return;
  lab = await JupyterLab.start();
  const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
  const cells = CELLS.map((source, i) => ({
    id: `cell-${i}`,
    cell_type: "code",
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  }));
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells };
  writeFileSync(join(lab.folder, "pad.ipynb"), JSON.stringify(notebook));
  book = await lab.open("pad.ipynb");
});

after(() => lab?.stop());

/** Draws with the mouse, on clean paper. */
async function draw({ page }: NotebookPage, strokes: readonly Stroke[]): Promise<void> {
  if (await page.locator(".drawing-pad .clear").isEnabled()) await page.click(".drawing-pad .clear");
  const paper = page.locator(".drawing-pad .paper");
  await paper.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await paper.boundingBox())!;
  for (const stroke of strokes) {
    for (const [i, [across, down]] of stroke.entries()) {
      await page.mouse.move(x + across * width, y + down * height);
      if (i === 0) await page.mouse.down();
    }
    await page.mouse.up();
  }
}

test("a 3 that is drawn with the mouse is read while it is drawn", options, async () => {
  await book.run(0);
  await book.page.waitForSelector(".drawing-pad .paper");
  await draw(book, strokesOf(3, 2));
  await book.shows(".drawing-pad .answer", /^3 \d/);
  await book.picture("pad-1-drawn");
  const times = await book.page.evaluate(() =>
    performance.getEntriesByName("drawing-pad").map((entry) => ({
      whole: entry.duration,
      kernel: (entry as unknown as { detail: { kernelMs: number } }).detail.kernelMs,
    })),
  );
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
  const [whole, kernel] = [median(times.map((t) => t.whole)), median(times.map((t) => t.kernel))];
  console.log(
    `${times.length} answers, median: kernel ${kernel.toFixed(1)} ms, from page to page ${whole.toFixed(1)} ms`,
  );
  assert.ok(kernel < 50, `${kernel} ms`);
});

test("symbols of one's own are taught, learned and saved", options, async () => {
  const { page } = book;
  await page.fill(".drawing-pad .own", "circle, cross");
  await page.click(".drawing-pad .use");
  await book.shows(".drawing-pad .labels", "cross");
  for (let i = 0; i < 6; i++) {
    const name = ["circle", "cross"][i % 2];
    await draw(book, symbol(name, i));
    await page.check(`.drawing-pad .labels input[value=${name}]`);
    await page.click(".drawing-pad .add");
    await page.locator(".drawing-pad .drawing").nth(i).waitFor();
  }
  await page.click(".drawing-pad .learn");
  await book.shows(".drawing-pad .result .after", "of 6 right");
  await page.fill(".drawing-pad .folder", join(lab.folder, "drawn"));
  await page.click(".drawing-pad .save");
  await book.shows(".drawing-pad .message", "Saved in");
  assert.deepEqual(readdirSync(join(lab.folder, "drawn")).sort(), ["circle", "cross", "pad.json"]);
  await page.locator(".drawing-pad .result").scrollIntoViewIfNeeded();
  await book.picture("pad-2-learned");
});

test("a page that is loaded again finds it all", options, async () => {
  await book.save();
  await book.reload();
  await book.shows(".drawing-pad .answer", /^cross \d/);
  await book.shows(".drawing-pad .result .after", "of 6 right");
  assert.equal(await book.page.locator(".drawing-pad .drawing").count(), 6);
  await book.picture("pad-3-again");
});
