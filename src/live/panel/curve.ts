/** What the panel's chart draws. */
import type { StepRecord } from "../../helpers";
import type { CurvePoint } from "./state";

/** More points can't be told apart. */
const MOST_POINTS = 150;
/** Single batches are noisy: each point is the mean of so many steps up to it. */
const WINDOW = 5;

/** Running means of loss and accuracy, at so many steps as can be told apart; the last is among them. */
export function curveOf(steps: readonly StepRecord[]): CurvePoint[] {
  const stride = Math.ceil(steps.length / MOST_POINTS);
  return steps.flatMap(({ step }, i) => {
    if (i % stride !== 0 && i !== steps.length - 1) return [];
    const window = steps.slice(Math.max(0, i - WINDOW + 1), i + 1);
    const mean = (of: "loss" | "accuracy"): number =>
      window.reduce((sum, record) => sum + record[of], 0) / window.length;
    return [{ step, loss: mean("loss"), accuracy: mean("accuracy") }];
  });
}
