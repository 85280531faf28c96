/** The Stop button, with a page that a test plays. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { interruptSignal } from "../../../src/live/kernel";
import { liveReporter } from "../../../src/live/progress";
import { NotebookStandIn } from "../kernel/stand-in";

const VIEW = "application/vnd.jupyter.widget-view+json";
const book = new NotebookStandIn();
type Told = { data: Record<string, string>; transient: { display_id?: string } };
const step = (done: number) => ({ task: "Training", done, total: 40, unit: "steps", note: "loss 1.00" });
const outputs = (): [type: string, told: Told][] =>
  book
    .told()
    .filter(({ header }) => /display_data/.test(header.msg_type))
    .map(({ header, content }) => [header.msg_type, content as unknown as Told]);

test("a bar has a button while the work goes on, and ends as a plain line", async () => {
  await book.run(() => {
    const reporter = liveReporter();
    reporter.progress(step(1));
    reporter.progress(step(2));
    reporter.progress(step(40));
  });
  const [first, last, ...more] = outputs();
  assert.equal(more.length, 0);
  assert.ok(VIEW in first[1].data);
  assert.equal(first[1].transient.display_id, last[1].transient.display_id);
  assert.equal(last[0], "update_display_data");
  assert.deepEqual(last[1].data, {
    "text/plain": "Training: 40 steps, loss 1.00",
    "text/html": '<div style="color:#555">✓ Training: 40 steps, loss 1.00</div>',
  });
});

test("the bar of work that an error ended goes with its cell, and the next has one of its own", async () => {
  const reporter = liveReporter();
  await book.run(() => reporter.progress(step(3)));
  const [first, last] = outputs();
  assert.deepEqual(
    [last[0], last[1].data["text/plain"]],
    ["update_display_data", "Training: ended at 3 of 40 steps, before it was done."],
  );
  assert.equal(first[1].transient.display_id, last[1].transient.display_id);
  await book.run(() => reporter.progress(step(5)));
  const [begun, over] = outputs();
  assert.deepEqual([begun[0], over[0]], ["display_data", "update_display_data"]);
});

test("Stop aborts the work's signal, and the bar says where it stopped", async () => {
  const reporter = liveReporter();
  let done = 0;
  let ended = false;
  const cell = book.run(async () => {
    const signal = interruptSignal();
    while (!signal.aborted && done < 40) {
      reporter.progress(step(++done));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    reporter.progress(step(done)); // the batch that was under way
    ended = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 60));
  const bar = book.iopub.sent.filter(({ header }) => header.msg_type === "comm_open").at(-1)!;
  await book.send("comm_msg", { comm_id: bar.content.comm_id, data: { method: "custom", content: "stop" } });
  await cell;
  assert.ok(ended && done < 40);
  const shown = outputs();
  assert.equal(shown.length, 2);
  assert.match(
    shown[1][1].data["text/plain"],
    /^Training: stopped at \d+ of 40 steps; the model is as trained so far\.$/,
  );
});

test("so does that of a cell that fails", async () => {
  await new Promise((resolve) => setTimeout(resolve, 500)); // after a cell that was stopped tslab turns others away
  await book.run(async () => {
    liveReporter().progress(step(3));
    await Promise.resolve();
    throw new Error("no more memory");
  });
  assert.deepEqual(
    outputs().map(([type]) => type),
    ["display_data", "update_display_data"],
  );
});
