/** Notebook 8 in the JupyterLab of `npm start`, as its reader uses it: the freeze panel and the drawing pad. The tests
 * follow one another in one notebook, with the project's own data, so that they need no network. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Stroke } from "../../../src/live/pad";
import { strokesOf, symbol } from "../pad/digits";
import { JupyterLab, noBrowser, type NotebookPage } from "./lab";
import { ROOT } from "./python";

interface Cell {
  id: string;
  cell_type: "code" | "markdown";
  source: string[];
  outputs?: unknown[];
}

const options = { skip: noBrowser };
const FILE = "08-freeze-by-hand.ipynb";
const notebook = JSON.parse(readFileSync(join(ROOT, "notebooks", FILE), "utf8")) as { cells: Cell[] };
/** A cell of the test's own, at the end. */
const ASK = notebook.cells.length;

let lab: JupyterLab;
let book: NotebookPage;

before(async () => {
  if (noBrowser) return;
  lab = await JupyterLab.start({ TRANSFER_LAB_PROFILE: "offline" });
  const ask = { id: "ask", cell_type: "code", source: ['console.log("status:", panel.get("status"));'] };
  const cells = [...notebook.cells, ask as Cell].map((cell) => ({
    ...cell,
    metadata: {},
    source: cell.source
      .map((line) => line.replace('"../data/', '"../../data/')) // this copy lies a folder deeper
      .filter((line) => !line.startsWith("const photos")), // the explorer's, which has a test of its own
    ...(cell.cell_type === "code" && { outputs: [], execution_count: null }),
  }));
  writeFileSync(join(lab.folder, FILE), JSON.stringify({ ...notebook, metadata: kernelOnly(), cells }));
  book = await lab.open(FILE);
});

after(() => lab?.stop());

function kernelOnly(): object {
  return { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } };
}

const part = (name: string) => book.page.locator(name).first();
const panel = (name: string) => part(`.freeze-panel ${name}`);
const pad = (name: string) => part(`.drawing-pad ${name}`);

/** Runs the notebook's cell whose code has this in it. */
function run(code: string): Promise<void> {
  const index = notebook.cells.findIndex(
    ({ cell_type, source }) => cell_type === "code" && source.join("").includes(code),
  );
  assert.ok(index >= 0, `notebook 8 has no cell with ${code}`);
  return book.run(index);
}

/** Moves a slider to the choice of that number. */
async function slide(name: string, choice: number): Promise<void> {
  await panel(`input.${name}`).fill(String(choice));
}

/** Draws with the mouse, on clean paper. */
async function draw(strokes: readonly Stroke[]): Promise<void> {
  if (await pad(".clear").isEnabled()) await pad(".clear").click();
  await pad(".paper").scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await pad(".paper").boundingBox())!;
  const { mouse } = book.page;
  for (const stroke of strokes) {
    for (const [i, [across, down]] of stroke.entries()) {
      await mouse.move(x + across * width, y + down * height);
      if (i === 0) await mouse.down();
    }
    await mouse.up();
  }
}

/** Draws, says what it is, and keeps it as the drawing of that number. */
async function teach(strokes: readonly Stroke[], label: string, number: number): Promise<void> {
  await draw(strokes);
  await pad(`.labels input[value="${label}"]`).check();
  await pad(".add").click();
  await book.page
    .locator(".drawing-pad .drawing")
    .nth(number - 1)
    .waitFor();
}

test(
  "the panel shows the layers; switches and sliders change what trains, and on what",
  options,
  async () => {
    await run("import {");
    await run("loadModel(");
    await run("freezePanel(");
    await book.shows(".freeze-panel .layers", /straight edges \d+/);
    await book.shows(".freeze-panel .trainable", /^263,210$/);
    await panel(".layers").scrollIntoViewIfNeeded();
    await book.picture("1-panel");
    await panel(".option-1").click();
    await book.shows(".freeze-panel .trainable", /^20,490$/);
    await panel('input[data-layer="conv4"]').click();
    await book.shows(".freeze-panel .trainable", /^168,202$/);
    await panel(".up-to").selectOption("conv2");
    await book.shows(".freeze-panel .trainable", /^242,186$/);
    await panel("input.examples").focus();
    await book.page.keyboard.press("ArrowRight"); // JupyterLab has uses of its own for it
    await book.shows(".freeze-panel .examples-value", /^100$/);
    await slide("learningRate", 6);
    await book.shows(".freeze-panel .learningRate-value", /^0.003$/);
    await slide("steps", 9);
    await book.shows(".freeze-panel .steps-value", /^2,000$/);
    await panel(".charts").scrollIntoViewIfNeeded();
    await book.picture("2-settings");
  },
);

test(
  "it trains, the chart grows, switches count on the way, cells run, and Stop ends it",
  options,
  async () => {
    const line = '.freeze-panel .charts [aria-label="accuracy"] .line';
    const lengthOf = async () => ((await part(line).getAttribute("d")) ?? "").length;
    await panel(".train").click();
    await book.shows(".freeze-panel .status", /step [1-9]\d* of 2,000/);
    const early = await lengthOf();
    await book.page.waitForFunction(
      `document.querySelector(${JSON.stringify(line)}).getAttribute("d").length > ${early + 50}`,
    );
    await panel(".option-1").click();
    await book.shows(".freeze-panel .trainable", /^20,490$/);
    await book.run(ASK);
    await book.shows(".jp-OutputArea-output", "status: training");
    await panel(".charts").scrollIntoViewIfNeeded();
    await book.picture("3-training");
    await panel(".stop").click();
    await book.shows(".freeze-panel .message", /Stopped after \d+ of 2000 steps/);
    await book.shows(".freeze-panel .history", /up to conv2, changed on the way/);
    await panel(".history tbody").scrollIntoViewIfNeeded();
    await book.picture("4-stopped");
  },
);

test("what was tried is compared, and brought back", options, async () => {
  await slide("steps", 3);
  await panel(".option-2").click();
  await panel(".train").click();
  await book.shows(".freeze-panel .history", /nothing \(Option 2\)/);
  await panel(".option-1").click();
  await panel(".train").click();
  await book.shows(".freeze-panel .history", /all but the head \(Option 1\)/);
  await panel(".history tbody tr:nth-child(2) .recall").click();
  await book.shows(".freeze-panel .trainable", /^263,210$/);
  await panel(".history").scrollIntoViewIfNeeded();
  await book.picture("5-compared");
});

test("a 3 that is drawn with the mouse is read while it is drawn, and taught", options, async () => {
  await run("drawingPad(target");
  await book.shows(".drawing-pad .answer", /^\d \d/); // a picture of the test set
  await draw(strokesOf(3, 2));
  await book.shows(".drawing-pad .answer", /^3 \d/);
  await book.picture("6-drawn");
  const times = await book.page.evaluate(() =>
    performance
      .getEntriesByName("drawing-pad")
      .map((entry) => (entry as unknown as { detail: { kernelMs: number } }).detail.kernelMs),
  );
  const median = times.sort((a, b) => a - b)[times.length >> 1];
  assert.ok(median < 50, `${times.length} predictions took ${median} ms (median)`);
  for (let i = 1; i <= 3; i++) await teach(strokesOf(3, i + 1), "3", i);
  await pad(".learn").click();
  await book.shows(".drawing-pad .result .after", "of 3 right");
  await book.picture("7-taught");
});

test("signs of one's own are taught, told apart and saved", options, async () => {
  await pad(".own").fill("circle, cross");
  await pad(".use").click();
  await book.shows(".drawing-pad .labels", "cross");
  for (let i = 0; i < 6; i++) {
    const name = ["circle", "cross"][i % 2];
    await teach(symbol(name, i), name, i + 1);
  }
  await pad(".learn").click();
  await book.shows(".drawing-pad .result .after", "of 6 right");
  const folder = join(lab.folder, "drawn");
  await pad(".folder").fill(folder);
  await pad(".save").click();
  await book.shows(".drawing-pad .message", "Saved in");
  assert.deepEqual(readdirSync(folder).sort(), ["3", "circle", "cross", "pad.json"]);
  await pad(".result").scrollIntoViewIfNeeded();
  await book.picture("8-signs");
});

test("a page that is loaded again finds it all, and goes on", options, async () => {
  await book.save();
  await book.reload();
  await book.shows(".drawing-pad .answer", /^cross \d/);
  await book.shows(".drawing-pad .result .after", "of 6 right");
  assert.equal(await book.page.locator(".drawing-pad .drawing").count(), 6);
  await pad(".result").scrollIntoViewIfNeeded();
  await book.picture("9-pad-again");
  await book.shows(".freeze-panel .trainable", /^263,210$/);
  assert.equal(await book.page.locator(".freeze-panel .history tbody tr").count(), 3);
  assert.ok((await panel(".charts .line").getAttribute("d"))!.length > 100);
  await panel(".reset").press("Enter"); // by its key: the page above may still be moving
  await book.shows(".freeze-panel .message", /parameters are as they were/);
  await panel(".layers").scrollIntoViewIfNeeded();
  await book.picture("10-panel-again");
});
