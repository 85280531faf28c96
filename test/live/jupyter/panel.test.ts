/** The freeze panel in JupyterLab, as a reader uses it. The tests follow one another in one notebook. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { JupyterLab, noBrowser, type NotebookPage } from "./lab";
import { ROOT } from "./python";

const options = { skip: noBrowser };
const [SHOW, ASK] = [0, 1];
const CELLS = [
  `const { loadDataset, loadPretrained, replaceHead } = require(${JSON.stringify(join(ROOT, "dist/helpers/index.js"))});
const { freezePanel } = require(${JSON.stringify(join(ROOT, "dist/live/panel/index.js"))});
const source = await loadPretrained("cifar10-convnet");
const digits = await loadDataset("pen-digits", { like: source });
const target = replaceHead(source, { classes: digits.classes, seed: 2 });
const panel = freezePanel(target, digits, { seed: 1, testExamples: 300 });
await panel.show();`,
  `console.log("status:", panel.get("status"));`,
];

let lab: JupyterLab;
let notebook: NotebookPage;

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
  const content = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells };
  writeFileSync(join(lab.folder, "panel.ipynb"), JSON.stringify(content));
  notebook = await lab.open("panel.ipynb");
});

after(() => lab?.stop());

const part = (name: string) => notebook.page.locator(`.freeze-panel ${name}`).first();
const shows = (name: string, text: string | RegExp) => notebook.shows(`.freeze-panel ${name}`, text);

/** Moves a slider to the choice of that number. */
async function slide(name: string, choice: number): Promise<void> {
  await part(`input.${name}`).fill(String(choice));
}

test("the panel shows the layers, and switches change what trains", options, async () => {
  await notebook.run(SHOW);
  await shows(".layers", /straight edges \d+/);
  await shows(".trainable", /^263,210$/);
  await notebook.picture("1-shown");
  await part(".option-1").click();
  await shows(".trainable", /^20,490$/);
  await part('input[data-layer="conv4"]').click();
  await shows(".trainable", /^168,202$/);
  await part(".up-to").selectOption("conv2");
  await shows(".trainable", /^242,186$/);
  await part("input.examples").focus();
  await notebook.page.keyboard.press("ArrowRight"); // JupyterLab has uses of its own for it
  await shows(".examples-value", /^100$/);
  await slide("learningRate", 4);
  await shows(".learningRate-value", /^0.001$/);
  await slide("steps", 9);
  await shows(".steps-value", /^2,000$/);
});

test("it trains, takes a switch on the way, lets a cell run, and stops", options, async () => {
  await part(".train").click();
  await shows(".status", /step [1-9]\d* of 2,000/);
  await part(".option-1").click();
  await shows(".trainable", /^20,490$/);
  await notebook.run(ASK);
  await notebook.shows(`.jp-Notebook .jp-Cell >> nth=${ASK} >> .jp-OutputArea`, "status: training");
  await notebook.picture("2-training");
  await part(".stop").click();
  await shows(".message", /Stopped after \d+ of 2000 steps/);
  await shows(".history", /up to conv2, changed on the way/);
});

test(
  "settings are compared, brought back, and all is found again by a page that is loaded again",
  options,
  async () => {
    await slide("steps", 2);
    await part(".train").click();
    await shows(".history", /all but the head \(Option 1\)/);
    await part(".option-2").click();
    await part(".train").click();
    await shows(".history", /nothing \(Option 2\)/);
    await part(".history").scrollIntoViewIfNeeded();
    await notebook.picture("3-compared");
    await part(".history tbody tr:nth-child(2) .recall").click();
    await shows(".trainable", /^20,490$/);
    await notebook.save();
    await notebook.reload();
    await shows(".trainable", /^20,490$/);
    assert.equal(await notebook.page.locator(".freeze-panel .history tbody tr").count(), 3);
    assert.ok((await part(".charts .line").getAttribute("d"))!.length > 100);
    await part(".reset").click();
    await shows(".message", /parameters are as they were/);
    await notebook.picture("4-loaded-again");
  },
);
