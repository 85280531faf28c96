/** Interrupts of a real kernel in the middle of all sorts of work. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { noJupyter, python, ROOT } from "./python";

interface Interrupted {
  status: string;
  text: string;
  took: number;
  kept: string;
  behind: [status: string, text: string][];
}

interface Report extends Record<string, Partial<Interrupted>> {
  message: { status: string; reply?: unknown; ours?: boolean };
}

const SAID = "Interrupted: this cell ends with what it has so far.\n";
const options = { skip: noJupyter };
let report: Report;

before(async () => {
  if (!noJupyter) report = await python<Report>("interrupt.py", ROOT);
});

for (const [name, kept] of [
  ["first", "true false\n"],
  ["hears", "true\n"],
  ["asks again", "true\n"],
])
  test(
    `work that listens ends, its variables are there, and cells behind it are not run: ${name}`,
    options,
    () => {
      const { status, text, took, behind = [], kept: found } = report[name];
      assert.deepEqual([status, text, found], ["error", SAID, kept]);
      assert.ok(took! < 2, `${took} s`);
      for (const [state, printed] of behind) assert.deepEqual([state === "ok", printed], [false, ""]);
    },
  );

test("a cell that does not listen is abandoned at once, as tslab does", options, () => {
  const { status, text, took, behind } = report.deaf;
  assert.equal(status, "error");
  assert.match(text!, /^Error: Interrupted asynchronously/);
  assert.ok(took! < 2, `${took} s`);
  assert.deepEqual(behind, [["aborted", ""]]);
});

test(
  "a cell that took a signal and does not end has three seconds, or until a second interrupt",
  options,
  () => {
    const [once, twice] = [report["took a signal, is deaf"], report["interrupted twice"]];
    for (const { status, text } of [once, twice]) {
      assert.equal(status, "error");
      assert.ok(text!.startsWith(SAID) && text!.includes("Interrupted asynchronously"), text);
    }
    assert.ok(once.took! > 2.9 && twice.took! < 2.5, `${once.took} s, ${twice.took} s`);
  },
);

test("computing that gives no turn to others is stopped where a cell begins with it", options, () => {
  assert.equal(report["without a turn"].status, "error");
  assert.match(report["without a turn"].text!, /interrupted by `SIGINT`/);
});

test("a listener hears of it, and so does work between cells; what begins later does not", options, () => {
  assert.deepEqual([report.listener.status, report.listener.text], ["error", SAID]);
  assert.equal(report["between cells"].text, "true false\n");
});

test("an interrupt may come as a message, and is answered", options, () => {
  const { status, reply, ours } = report.message;
  assert.deepEqual([status, reply, ours], ["error", ["interrupt_reply", { status: "ok" }], true]);
});

test("a kernel that is told to stop does not wait for work that listens", options, () => {
  assert.ok(report.shutdown.took! < 4, `${report.shutdown.took} s`);
});
