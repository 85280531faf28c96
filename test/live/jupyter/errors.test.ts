/** What a reader sees of a cell that fails. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { noJupyter, python, ROOT } from "./python";

type Report = Record<string, { status: string; text: string }>;
const options = { skip: noJupyter };
let report: Report;

before(async () => {
  if (!noJupyter) report = await python<Report>("errors.py", ROOT);
});

test("an error of the package is its message and the reader's own line", options, () => {
  for (const [name, message, line] of [
    ["sync", /^Error: Cannot freeze up to "conv9": /, /in your line: .*freeze\(m1/],
    ["awaited", /^RangeError: Cannot load "nope": /, /in your line: .*loadPretrained\("nope"\)/],
  ] as const) {
    const { status, text } = report[name];
    assert.equal(status, "error");
    assert.match(text, message);
    assert.match(text, line);
    assert.ok(text.trim().split("\n").length <= 4, text);
  }
});

test("so is one that a listener got", options, () => {
  assert.match(
    report.listener.text,
    /^Error: Cannot freeze up to "conv8": .*\n +in your line: h\.freeze\(m2, .*\n/m,
  );
  assert.doesNotMatch(report.listener.text, /^\s+at /m);
});

test("an error of the reader's own is written whole, and what was stopped is said calmly", options, () => {
  assert.match(report["the reader's"].text, /TypeError: mine\n[^]*at f /);
  assert.match(report.stopped.text, /^Stopped before its end, without a result\./);
});
