/** The filter explorer and the Stop button in JupyterLab. The tests follow one another in one notebook. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { JupyterLab, noBrowser, type NotebookPage } from "./lab";
import { ROOT } from "./python";

const options = { skip: noBrowser };
let lab: JupyterLab;
let book: NotebookPage;

const CELLS = [
  `require("tsx/cjs");
const at = (path: string) => require(${JSON.stringify(join(ROOT, "src"))} + path);
const h = at("/helpers/index.ts");
at("/helpers/report.ts").setReporter(at("/live/progress/index.ts").liveReporter());
void at("/live/kernel/index.ts").kernelComms();`,
  `const { stripes, tinyNet } = require(${JSON.stringify(join(ROOT, "test/helpers/tiny.ts"))});
const network = tinyNet(1);
const photos = stripes(60);
const explorer = at("/live/explorer/index.ts").filterExplorer(network, photos);
await explorer.show();`,
  `const trained = await h.train(network, photos, { steps: 5000, learningRate: 1e-3, seed: 1 });`,
  `console.log("stopped", trained.history.stopped, trained.history.steps.length > 0);`,
];

before(async () => {
  if (noBrowser) return;
  lab = await JupyterLab.start();
  const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
  const common = { cell_type: "code", execution_count: null, metadata: {}, outputs: [] };
  const cells = CELLS.map((source, i) => ({ id: `cell-${i}`, ...common, source }));
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells };
  writeFileSync(join(lab.folder, "explorer.ipynb"), JSON.stringify(notebook));
  book = await lab.open("explorer.ipynb");
});

after(() => lab?.stop());

test("a unit is chosen by click and by key, and its look follows", options, async () => {
  await book.run(0);
  await book.run(1);
  await book.shows(".filter-explorer h3", "Unit 0 of conv1");
  await book.page.selectOption(".filter-explorer .layer", "conv2");
  await book.shows(".filter-explorer h3", "Unit 0 of conv2");
  await book.page.click(".filter-explorer .cell >> nth=3");
  await book.shows(".filter-explorer h3", "Unit 3 of conv2");
  await book.page.focus(".filter-explorer .grid-of-units");
  await book.page.keyboard.press("ArrowRight");
  await book.shows(".filter-explorer h3", "Unit 4 of conv2");
  await book.shows(".filter-explorer h4", /^Detects: (straight|corner|curve|other)$/);
});

test("pointing at the photograph lists who answers there, and a click goes to it", options, async () => {
  await book.page.locator(".filter-explorer .photo").scrollIntoViewIfNeeded();
  await book.page.hover(".filter-explorer .photo", { position: { x: 100, y: 120 } });
  await book.page.waitForSelector(".filter-explorer .answer");
  const who = await book.page.locator(".filter-explorer .answer .who").first().textContent();
  await book.picture("explorer-1-answers");
  await book.page.locator(".filter-explorer .answer").first().click();
  await book.shows(".filter-explorer h3", `${who!.replace("unit", "Unit")} of conv2`);
  await book.picture("explorer-2-chosen");
});

test("what an interrupt stopped is drawn when the reader asks", options, async () => {
  await book.page.selectOption(".filter-explorer .layer", "conv3");
  await book.shows(".filter-explorer h3", "Unit 0 of conv3");
  await book.command("kernelmenu:interrupt");
  await book.page.waitForSelector(".filter-explorer .go-on");
  await book.page.locator(".filter-explorer h3").scrollIntoViewIfNeeded();
  await book.picture("explorer-5-interrupted");
  await book.page.locator(".filter-explorer .go-on").last().click();
  await book.shows(".filter-explorer h4", /^Detects: (straight|corner|curve|other)$/);
});

test("Stop ends the training, and the model and its history are there", options, async () => {
  await book.run(2);
  await book.page.waitForSelector(".work-bar .stop");
  await book.picture("explorer-3-training");
  await book.page.click(".work-bar .stop");
  const line = /Training: stopped at \d+ of 5000 steps; the model is as trained so far\./;
  await book.shows(".jp-OutputArea-output", line);
  await book.picture("explorer-4-stopped");
  assert.equal(await book.page.locator(".work-bar").count(), 0);
  const said = book.shows(".jp-OutputArea-output", "stopped true true").then(() => true);
  for (let done = false; !done;) {
    await book.run(3); // tslab turns cells away for a moment after one that was stopped
    done = await Promise.race([said, book.page.waitForTimeout(300).then(() => false)]);
  }
});
