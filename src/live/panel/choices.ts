/** What the panel's sliders offer. */
import type { Examples } from "../../helpers";
import type { PanelState } from "./state";

const RATES = [1e-4, 2e-4, 3e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 0.01, 0.02, 0.03, 0.05, 0.1];
const STEPS = [10, 20, 50, 100, 150, 200, 300, 500, 1000, 2000];

/** @param most The largest balanced sample. */
export function choicesFor(most: number): PanelState["choices"] {
  const sizes = [1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
  const fitting = sizes.filter((size) => size < most);
  return { examples: [...fitting, most], learningRate: [...RATES], steps: [...STEPS] };
}

/** The largest sample that has as many examples of each class. */
export function largestSample({ labels, classes }: Examples): number {
  const counts = classes.map(() => 0);
  for (const label of labels) counts[label]++;
  return classes.length * Math.min(...counts);
}

/** Some test examples, spread over all of them. */
export function spread(count: number, most: number): Int32Array {
  const size = Math.min(count, most);
  return Int32Array.from({ length: size }, (_, i) => Math.floor((i * count) / size));
}
