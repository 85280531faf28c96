import assert from "node:assert/strict";
import { test } from "node:test";
import { scheduleFactor } from "../../../src/helpers/train/schedule";

test("one-cycle rises in a line and falls in a line to zero", () => {
  const at = (progress: number): number => scheduleFactor({ kind: "one-cycle" }, progress);
  assert.deepEqual([0, 0.1, 0.2, 0.6, 1].map(at), [0, 0.5, 1, 0.5, 0]);
});

test("cosine falls along half a cosine; constant stays after its warm-up", () => {
  const cosine = (progress: number): number => scheduleFactor({ kind: "cosine" }, progress);
  assert.equal(cosine(0), 1);
  assert.ok(Math.abs(cosine(0.5) - 0.5) < 1e-12 && Math.abs(cosine(1)) < 1e-12);
  assert.ok(Math.abs(cosine(0.25) - (1 + Math.SQRT1_2) / 2) < 1e-12);
  assert.equal(scheduleFactor({ kind: "constant", warmUp: 0.5 }, 0.25), 0.5);
  assert.equal(scheduleFactor({ kind: "constant", warmUp: 0.5 }, 0.9), 1);
});

test("unknown names and impossible warm-ups are refused", () => {
  assert.throws(
    () => scheduleFactor({ kind: "zigzag" as "cosine" }, 0),
    /"zigzag".*"constant", "one-cycle", "cosine"/,
  );
  assert.throws(() => scheduleFactor({ kind: "cosine", warmUp: 1 }, 0), /Received: 1/);
});
