/** A widget in JupyterLab: from the page to the kernel and back. The tests follow one another in one notebook. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { writeCounter } from "./counter";
import { JupyterLab, noBrowser, type NotebookPage } from "./lab";

const options = { skip: noBrowser };
const [IMPORT, SHOW, LOOP, PRINT] = [0, 1, 2, 3];
let lab: JupyterLab;
let path: string;
let first: NotebookPage;

before(async () => {
  if (noBrowser) return;
  lab = await JupyterLab.start();
  path = writeCounter(lab.folder);
  first = await lab.open("counter.ipynb");
});

after(() => lab?.stop());

const cell = (index: number): string => `.jp-Notebook .jp-Cell >> nth=${index}`;

/** Moves the slider as a hand does: through all values on the way. */
async function slide({ page }: NotebookPage, from: number, to: number): Promise<void> {
  await page.locator(".counter input").evaluate(
    (input, [start, end]) => {
      for (let value = start; value <= end; value++) {
        (input as unknown as { value: number }).value = value;
        (input as unknown as { oninput(): void }).oninput();
      }
    },
    [from, to],
  );
}

/** Waits until the kernel's answer is on a page. */
const squared = (page: NotebookPage, count: number): Promise<void> =>
  page.shows(".counter .square", new RegExp(`^${count ** 2}$`));

test("a widget is drawn, and what the page changes reaches the kernel and comes back", options, async () => {
  await first.run(IMPORT);
  await first.run(SHOW);
  await squared(first, 3);
  await first.page.click(".counter .up");
  await squared(first, 4);
  await first.page.click(".counter .ask");
  await first.shows(".counter .said", "how many? 3 4.5");
});

test("an error in a listener appears under the widget's cell, and the widget goes on", options, async () => {
  await slide(first, 13, 13);
  await first.shows(`${cell(SHOW)} >> .jp-OutputArea`, "13 is unlucky");
  await slide(first, 5, 12);
  await squared(first, 12);
  await first.picture("1-between-cells");
});

test("while a cell runs, the widget works, and the kernel is shown as busy", options, async () => {
  await first.run(LOOP);
  await first.shows(`${cell(LOOP)} >> .jp-InputPrompt`, "[*]");
  await slide(first, 14, 60);
  await squared(first, 60);
  assert.equal(await first.kernel(), "busy");
  await first.picture("2-while-a-cell-runs");
});

test(
  "a second page finds the state, and each sees what the other changes, while the cell runs",
  options,
  async () => {
    await first.save();
    const second = await lab.open("counter.ipynb");
    await squared(second, 60);
    for (let count = 61; count < 81; count++) {
      const [here, there] = count % 2 ? [first, second] : [second, first];
      await here.page.click(".counter .up");
      for (const page of [here, there]) await squared(page, count);
    }
    await second.picture("3-second-page");
    await second.page.close();
  },
);

test(
  "a page that is loaded again while the cell runs finds the state, and can interrupt the cell",
  options,
  async () => {
    await first.reload();
    await squared(first, 80);
    await first.page.click(".counter .up");
    await squared(first, 81);
    await first.command("notebook:interrupt-kernel");
    // tslab turns cells away for a moment after one that failed.
    const said = first.shows(`${cell(PRINT)} >> .jp-OutputArea`, "the count is 81").then(() => true);
    for (let done = false; !done;) {
      await first.run(PRINT);
      done = await Promise.race([said, first.page.waitForTimeout(1000).then(() => false)]);
    }
    assert.equal(await first.kernel(), "idle");
    await first.picture("4-loaded-again");
  },
);

test(
  "a saved notebook holds the widget, and a page draws it without the kernel that made it",
  options,
  async () => {
    await first.save();
    const { metadata, cells } = JSON.parse(readFileSync(path, "utf8"));
    const saved = metadata.widgets["application/vnd.jupyter.widget-state+json"].state;
    const output = cells[SHOW].outputs.find((o: { data?: object }) => o.data).data;
    const id = output["application/vnd.jupyter.widget-view+json"].model_id;
    assert.equal(saved[id].state.count, 81);
    assert.deepEqual(output["text/plain"], ["Counter(count: 3, square: 9, steps: 0, pixels: 256 bytes)"]);

    await first.page.close();
    await lab.endKernels();
    const later = await lab.open("counter.ipynb");
    await squared(later, 81);
    await later.picture("5-without-its-kernel");
  },
);
