import assert from "node:assert/strict";
import { test } from "node:test";
import { check, figure } from "../../src/viz";
import { captured, capturedOne } from "./capture";

test("a check that holds shows its claim", async () => {
  const { data } = await capturedOne(() => check("it holds", true, "90 %"));
  assert.equal(data["text/plain"], "✓ it holds (90 %)");
  assert.deepEqual(data["application/vnd.transfer-lab.check+json"], {
    claim: "it holds",
    passed: true,
    detail: "90 %",
  });
});

test("a check that doesn't hold is shown, then throws", async () => {
  const shown = await captured(() => assert.throws(() => check("it holds", false), /Check failed: it holds/));
  assert.equal(shown[0].data["text/plain"], "✗ it holds");
});

test("a claim that nobody awaited is neither true nor false", async () => {
  const notAwaited = Promise.resolve(false) as unknown as boolean;
  await captured(() =>
    assert.throws(() => check("it holds", notAwaited), /Cannot check "it holds".*Promise/),
  );
});

test("a figure shows its value and carries it for the runner", async () => {
  const { data } = await capturedOne(() => figure("accuracy", 0.8941, { tolerance: 0.01 }));
  assert.equal(data["text/plain"], "accuracy: 89.4 %");
  const carried = { name: "accuracy", value: 0.8941, tolerance: 0.01, unit: "share" };
  assert.deepEqual(data["application/vnd.transfer-lab.figure+json"], carried);
  const size = await capturedOne(() => figure("size", 12.34567, { tolerance: 1, unit: "px" }));
  assert.equal(size.data["text/plain"], "size: 12.35 px");
  assert.throws(() => figure("broken", NaN, { tolerance: 0 }), /Cannot report "broken".*NaN/);
  assert.throws(() => figure("broken", 1, { tolerance: Infinity }), /Cannot report "broken".*Infinity/);
});
