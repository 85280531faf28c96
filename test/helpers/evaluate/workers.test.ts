import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { checkWorkers, workersFor } from "../../../src/helpers/evaluate/workers";

test("a number is taken as it is, but for more processes than trials", () => {
  assert.equal(workersFor(3, 10), 3);
  assert.equal(workersFor(3, 2), 2);
});

test("auto: never more than cores or trials, never none", () => {
  const many = workersFor("auto", 1000);
  assert.ok(many >= 1 && many <= availableParallelism(), `${many}`);
  assert.equal(workersFor("auto", 1), 1);
});

test("what is no number of processes is refused", () => {
  for (const workers of [0, -1, 1.5, NaN])
    assert.throws(() => checkWorkers(workers), /Cannot run trials in .* processes: say "auto"/);
});
