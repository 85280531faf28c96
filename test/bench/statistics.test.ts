import assert from "node:assert/strict";
import { test } from "node:test";
import { median, quantile, speedRatio, spreadOf } from "../../bench/race/statistics";

test("quantiles lie between the numbers, as NumPy's", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(quantile([1, 2, 3, 4], 0.25), 1.75); // numpy.quantile([1, 2, 3, 4], 0.25)
  assert.deepEqual(spreadOf([10, 20, 30, 40, 50]), { median: 30, low: 20, high: 40 });
  assert.ok(Number.isNaN(median([])));
});

test("a ratio is the median over the rounds, not the ratio of the medians", () => {
  // In the second round something else slowed both down: their ratio stays.
  assert.equal(speedRatio([1, 10, 2], [2, 20, 4]).median, 2);
  assert.equal(speedRatio([1, 2], [2]).median, 2);
});
