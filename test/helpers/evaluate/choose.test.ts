import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseOption, explainChoice } from "../../../src/helpers/evaluate/choose";
import { foldsInterval, meanInterval } from "../../../src/helpers/evaluate/intervals";
import { random } from "../../../src/helpers/random";
import type { Strategy } from "../../../src/helpers/train";

const sizes = { heldOut: 20, trained: 80 };
const option = (strategy: Strategy, accuracies: number[], seconds = 1) => ({ strategy, accuracies, seconds });

test("the interval over folds is Nadeau and Bengio's, by its definition", () => {
  const values = [0.8, 0.9, 0.85, 0.95, 0.7];
  const { mean, sd, low, high } = foldsInterval(values, sizes);
  assert.ok(Math.abs(mean - 0.84) < 1e-12 && Math.abs(sd - 0.0961769) < 1e-6);
  const half = 2.776 * Math.sqrt((1 / 5 + 20 / 80) * sd ** 2);
  assert.ok(Math.abs(high - mean - half) < 1e-12 && Math.abs(mean - low - half) < 1e-12);
});

test("folds that agree to the last example are not believed to the last digit", () => {
  const { low, high } = foldsInterval([1, 1, 1, 1, 1], sizes);
  // Wilson's interval for 100 right of 100 begins at 96.3 %.
  assert.ok(low > 0.95 && low < 0.98 && high > 1, `${low}`);
  assert.throws(() => foldsInterval([1], sizes), /1 folds/);
});

/** Repeats a cross-validation of one difference per example, whose true mean is zero, and counts how often an
 * interval over the folds holds it. */
function coverage(interval: (values: number[]) => { low: number; high: number }): number {
  const chance = random(5);
  let held = 0;
  const rounds = 400;
  for (let r = 0; r < rounds; r++) {
    const differences = Float64Array.from({ length: 50 }, () => chance.normal());
    const values: number[] = [];
    for (let repeat = 0; repeat < 10; repeat++) {
      const order = chance.shuffle(Array.from(differences.keys()));
      for (let fold = 0; fold < 5; fold++)
        values.push(order.slice(10 * fold, 10 * fold + 10).reduce((sum, i) => sum + differences[i], 0) / 10);
    }
    const { low, high } = interval(values);
    if (low <= 0 && high >= 0) held++;
  }
  return held / rounds;
}

test("repeating a cross-validation doesn't make the interval surer than it may be", () => {
  const corrected = coverage((values) => foldsInterval(values, { heldOut: 10, trained: 40 }));
  const naive = coverage(meanInterval);
  assert.ok(corrected >= 0.93, `${corrected}`);
  assert.ok(naive < 0.7, `${naive}`);
});

test("Option 2 is chosen only where its lead is above zero with its whole interval", () => {
  const first = option("option-1", [0.8, 0.82, 0.78, 0.81, 0.79]);
  const choose = (...accuracies: number[]) => chooseOption([first, option("option-2", accuracies)], sizes);
  assert.equal(choose(0.9, 0.93, 0.87, 0.92, 0.88).choice, "option-2");
  assert.equal(choose(0.83, 0.8, 0.84, 0.8, 0.82).choice, "option-1"); // ahead by 1.8 points, not surely
  assert.equal(choose(0.8, 0.82, 0.78, 0.81, 0.79).choice, "option-1");
  assert.equal(choose(0.5, 0.5, 0.5, 0.5, 0.5).choice, "option-1");
  const [lead] = choose(0.9, 0.93, 0.87, 0.92, 0.88).leads;
  assert.deepEqual([lead.of, lead.over], ["option-2", "option-1"]);
  assert.ok(Math.abs(lead.mean - 0.1) < 1e-12 && lead.low > 0 && lead.differences.length === 5);
});

test("a third option has to beat the one chosen so far", () => {
  const accuracies = [0.8, 0.82, 0.78, 0.81, 0.79];
  const plus = (d: number): number[] => accuracies.map((value, i) => value + d + 0.002 * (i % 2));
  const { choice, leads } = chooseOption(
    [option("option-1", accuracies), option("option-2", plus(0.1)), option("head-then-all", plus(0.101))],
    sizes,
  );
  assert.equal(choice, "option-2");
  assert.deepEqual([leads[1].of, leads[1].over], ["head-then-all", "option-2"]);
});

test("the reason is a plain sentence", () => {
  const explain = (seconds: number[], ...accuracies: number[][]): string => {
    const options = [
      option("option-1", accuracies[0], seconds[0]),
      option("option-2", accuracies[1], seconds[1]),
    ];
    return explainChoice(chooseOption(options, sizes), options);
  };
  const low = [0.8, 0.82, 0.78, 0.81, 0.79];
  assert.equal(
    explain([0.5, 10], low, [0.82, 0.8, 0.84, 0.8, 0.82]),
    "Option 1: as good as Option 2 within the interval, and 20 times cheaper. Option 2's lead over Option 1 is 1.6 points (95 % interval −4.4 to 7.6): that may be chance.",
  );
  assert.equal(
    explain([1, 3], low, [0.9, 0.93, 0.87, 0.92, 0.88]),
    "Option 2: better than Option 1 by 10.0 points, at 3 times the cost. Option 2's lead over Option 1 is 10.0 points (95 % interval 7.3 to 12.7).",
  );
  assert.match(explain([1, 1.1], [0.9, 0.9], [0.1, 0.1]), /^Option 1: better than .* at about the same cost/);
});
