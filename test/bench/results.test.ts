import assert from "node:assert/strict";
import { test } from "node:test";
import { CASES } from "../../bench/cases";
import { ratiosOf, rowsOf, type Finished } from "../../bench/race/results";

const full = CASES.find(({ name }) => name === "full")!;
const [losses, others] = [2.3, 2.5].map((loss) => Array.from({ length: 30 }, () => loss));

function finished(contender: string, wallMs: number[], more: Partial<Finished> = {}): Finished {
  const turns = wallMs.map((ms) => ({ work: 100, cpuMs: 2 * ms, wallMs: ms, quiet: true }));
  return {
    contender,
    version: "",
    detail: "",
    hugePages: false,
    reached: { losses },
    turns,
    peakMB: 1,
    ...more,
  };
}

const ours = finished("ours-lab", [100, 100, 100]);

test("a ratio is against the fastest of its kind", () => {
  const all = [ours, finished("torch", [300, 300, 300]), finished("torch-channels-last", [110, 120, 130])];
  const rows = rowsOf(full, 2, all);
  assert.deepEqual(ratiosOf(full, rows, ""), { "full/pytorch": 1.2, "full/keras": null, "full/stock": null });
  assert.equal(rows[0].perSecond, 1000);
  assert.equal(rows[0].ratio!.median, 1);
});

test("who reached another loss gets no ratio, and it is said why", () => {
  const rows = rowsOf(full, 2, [ours, finished("keras", [150, 150, 150], { reached: { losses: others } })]);
  assert.equal(rows[1].ratio, null);
  assert.match(rows[1].withheld!, /first loss/);
  assert.equal(ratiosOf(full, rows, "@1")["full/keras@1"], null);
});

test("what computes features once by hand is no tutorial: it sets no ratio", () => {
  const option1 = CASES.find(({ name }) => name === "option1")!;
  const reached = { accuracy: 0.97 };
  const all = [
    { ...ours, reached },
    finished("torch-channels-last", [2000, 2000, 2000], { reached }),
    finished("torch-cached", [120, 120, 120], { reached }),
  ];
  assert.equal(ratiosOf(option1, rowsOf(option1, 2, all), "")["option1/pytorch"], 20);
});

test("on one core of a busy machine processor time counts, on several never", () => {
  const disturbed = finished("torch", [400, 400, 400]);
  for (const turn of disturbed.turns) Object.assign(turn, { quiet: false, cpuMs: 150 });
  const all = [ours, disturbed];
  assert.equal(rowsOf(full, 1, all)[1].clock, "cpu");
  assert.equal(rowsOf(full, 1, all)[1].ratio!.median, 0.75);
  assert.equal(rowsOf(full, 1, all)[1].quietTurns, 0);
  assert.equal(rowsOf(full, 2, all)[1].ratio!.median, 4);
  assert.equal(rowsOf(full, 1, [ours])[0].clock, "wall");
});

test("where ours did not run, nothing is believed", () => {
  const rows = rowsOf(full, 2, [finished("torch", [100])]);
  assert.equal(rows[0].ratio, null);
});

test("the ratios that the project promises have their keys", () => {
  const keys = CASES.flatMap(({ ratios }) => Object.keys(ratios)).sort();
  assert.deepEqual(keys, [
    "curve/pytorch",
    "full/keras",
    "full/pytorch",
    "full/stock",
    "option1/keras",
    "option1/pytorch",
    "plain/pytorch",
    "start/keras",
  ]);
});
