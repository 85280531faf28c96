import assert from "node:assert/strict";
import { test } from "node:test";
import { meanInterval, wilsonInterval } from "../../../src/helpers/evaluate";
import { assertClose } from "../tiny";

test("Wilson's interval has the published values", () => {
  // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const published = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [successes, count, low, high] of published) {
    const interval = wilsonInterval(successes, count);
    assertClose([interval.low, interval.high], [low, high], 6e-5);
  }
});

test("the interval of a mean is Student's", () => {
  const { mean, sd, low, high } = meanInterval([0.8, 0.9, 0.7, 0.85, 0.75]);
  assertClose([mean, sd], [0.8, 0.0790569], 1e-6);
  assertClose([low, high], [0.8 - 0.0981621, 0.8 + 0.0981621], 1e-4); // t = 2.776, n = 5
  assert.deepEqual(meanInterval([0.5]), { mean: 0.5, sd: 0, low: 0.5, high: 0.5 });
  assert.throws(() => meanInterval([]), /mean of no values/);
});
