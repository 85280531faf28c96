import assert from "node:assert/strict";
import { test } from "node:test";
import { CASES } from "../../bench/cases";
import { readOptions } from "../../bench/options";
import { bars, drawChart } from "../../bench/output/chart";
import { BEGIN, END, markdownTable, replaceTable } from "../../bench/output/markdown";
import type { Report } from "../../bench/output/report";
import { rowsOf, type Finished } from "../../bench/race/results";

const full = CASES.find(({ name }) => name === "full")!;

function finished(contender: string, ms: number, accuracy: number): Finished {
  const turns = [{ work: 100, cpuMs: ms, wallMs: ms, quiet: true }];
  return { contender, version: "", detail: "", hugePages: false, reached: { accuracy }, turns, peakMB: 300 };
}

const report: Report = {
  ratios: { "full/pytorch": 1.5, "full/pytorch@1": 1.25, "full/keras": null },
  rows: rowsOf(full, 2, [
    finished("ours-lab", 50, 0.9),
    finished("torch-channels-last", 75, 0.9),
    finished("keras", 75, 0.95),
  ]),
  machine: { cpu: "a processor", cores: 2, memoryGB: 4, system: "linux x64", features: [], load: 0 },
  versions: { node: "20.0.0" },
};

test("the table has speeds, ratios and what is withheld", () => {
  const table = markdownTable(report);
  assert.match(table, /\*\*2,000 images\/s\*\*/);
  assert.match(table, /1,333 images\/s \(× 1\.50\)/);
  assert.match(table, /withheld: ours reached 90\.0 %, it 95\.0 %/);
  assert.match(table, /300 MB/);
  assert.match(table, /a processor, 2 cores/);
});

test("only what is between the markers is replaced", () => {
  const text = `before\n${BEGIN}\nold\n${END}\nafter`;
  const once = replaceTable(text, "new");
  assert.equal(once, `before\n${BEGIN}\n\nnew\n\n${END}\nafter`);
  assert.equal(replaceTable(once, "new"), once);
  assert.throws(() => replaceTable("no markers", "new"), /has no "<!-- bench: begin -->"/);
});

test("a bar for each ratio that is believed", async () => {
  assert.deepEqual(
    bars(report).map(({ cores, ratio }) => [cores, ratio]),
    [
      ["2 cores", 1.5],
      ["1 core", 1.25],
    ],
  );
  const png = await drawChart(report);
  assert.equal(png.subarray(1, 4).toString(), "PNG");
});

test("options are checked at the door", () => {
  assert.deepEqual(
    readOptions(["--only", "full,start", "--cores", "1"]).cases.map(({ name }) => name),
    ["full", "start"],
  );
  assert.throws(() => readOptions(["--only", "fast"]), /Cannot measure "fast": there are full, plain/);
  assert.throws(() => readOptions(["--rounds", "0"]), /rounds is a whole number from 1. Received: 0/);
  assert.equal(readOptions(["--python", "python3", "--no-peers"]).python, undefined);
});
