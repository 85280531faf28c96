import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { checkWorkers, workersFor } from "../../../src/helpers/evaluate/workers";

test("a number is taken as it is, but for more processes than trials", () => {
  assert.equal(workersFor(3, { left: 10, ran: 0, spentMs: 0 }), 3);
  assert.equal(workersFor(3, { left: 2, ran: 0, spentMs: 0 }), 2);
});

test("auto: nothing before a trial is measured, nothing for what ends soon, never more than cores or trials", () => {
  const auto = (left: number, ran: number, spentMs: number): number =>
    workersFor("auto", { left, ran, spentMs });
  assert.equal(auto(1000, 0, 0), 1);
  assert.equal(auto(10, 1, 1000), 1); // ten seconds are left
  const many = auto(1000, 1, 1000);
  assert.ok(many >= 1 && many <= availableParallelism(), `${many}`);
  assert.equal(auto(1, 1, 1e6), 1);
});

test("what is no number of processes is refused", () => {
  for (const workers of [0, -1, 1.5, NaN])
    assert.throws(() => checkWorkers(workers), /Cannot run trials in .* processes: say "auto"/);
});
