import assert from "node:assert/strict";
import { test } from "node:test";
import { notebookReporter, terminalReporter } from "../../src/viz";
import { captured } from "./capture";

const step = (done: number) => ({ task: "Training", done, total: 4, unit: "steps", note: `loss ${done}` });

test("in a notebook one output changes in place, and its last state holds no times", async () => {
  const shown = await captured(() => {
    const reporter = notebookReporter();
    [1, 2, 3, 4].forEach((done) => reporter.progress(step(done)));
  });
  assert.equal(new Set(shown.map(({ transient }) => transient.display_id)).size, 1);
  assert.deepEqual(
    shown.map(({ update }) => update),
    [false, true],
  ); // the first, then at most four a second, then the last
  assert.equal(shown.at(-1)!.data["text/plain"], "Training: 4 steps, loss 4");
});

test("work that was stopped and begun again gets an output of its own", async () => {
  const shown = await captured(() => {
    const reporter = notebookReporter();
    reporter.progress(step(3)); // stopped here
    reporter.progress(step(1));
    reporter.progress(step(4));
  });
  assert.deepEqual(
    shown.map(({ update }) => update),
    [false, false, true],
  );
  assert.notEqual(shown[0].transient.display_id, shown[1].transient.display_id);
  assert.equal(shown[1].transient.display_id, shown[2].transient.display_id);
});

test("the pace counts from where the work was first seen, and work without an end shows how far it is", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const shown = await captured(() => {
    const reporter = notebookReporter();
    const load = (done: number, total?: number) =>
      reporter.progress({
        task: "Loading",
        done: done * 2 ** 20,
        total: total && total * 2 ** 20,
        unit: "bytes",
      });
    load(50, 100); // resumed
    t.mock.timers.tick(2000);
    load(60, 100);
    reporter.progress({ task: "Reading", done: 7, unit: "files" });
  });
  assert.equal(shown[1].data["text/plain"], "Loading ██████████████░░░░░░░░░░ 60 % · 5.0 MB/s, 8 s left");
  assert.equal(shown[2].data["text/plain"], "Reading: 7 files");
});

test("headless shows the last state only", async () => {
  process.env.TRANSFER_LAB_HEADLESS = "1";
  try {
    const shown = await captured(() => {
      const reporter = notebookReporter();
      [1, 2, 3, 4].forEach((done) => reporter.progress(step(done)));
      reporter.line("a line");
    });
    assert.deepEqual(
      shown.map(({ data }) => data["text/plain"]),
      ["Training: 4 steps, loss 4", "a line"],
    );
  } finally {
    delete process.env.TRANSFER_LAB_HEADLESS;
  }
});

function write(isTTY: boolean): string {
  let text = "";
  const out = {
    isTTY,
    columns: 60,
    write: (part: string) => ((text += part), true),
  } as unknown as NodeJS.WriteStream;
  const reporter = terminalReporter(out);
  [1, 2, 3, 4].forEach((done) => reporter.progress(step(done)));
  reporter.line("a line");
  return text;
}

test("a terminal has one line that is redrawn, a log only what is final", () => {
  assert.equal(write(false), "Training: 4 steps, loss 4\na line\n");
  const drawn = write(true);
  assert.ok(drawn.startsWith("\r\x1b[2KTraining ██████"), JSON.stringify(drawn));
  assert.ok(drawn.split("\n").every((line) => line.split("\r").every((part) => part.length <= 64)));
});
