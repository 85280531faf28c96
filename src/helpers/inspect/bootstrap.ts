import type { Random } from "../random";
import type { Share } from "./types";

const RESAMPLES = 1000;

/** The 95 % interval of a figure, by drawing its units again and again with replacement.
 * @param value The figure itself.
 * @param resampled The figure of one such drawing.
 * @see Efron (1979), Bootstrap Methods. */
export function bootstrap(value: number, resampled: () => number): Share {
  const values = Float64Array.from({ length: RESAMPLES }, resampled).sort();
  return {
    value,
    low: values[Math.floor(0.025 * RESAMPLES)],
    high: values[Math.ceil(0.975 * RESAMPLES) - 1],
  };
}

/** The share of marked units in as many units drawn with replacement. */
export function resampledShare(marks: ArrayLike<boolean>, chance: Random): number {
  let sum = 0;
  for (let i = 0; i < marks.length; i++) if (marks[chance.int(marks.length)]) sum++;
  return sum / marks.length;
}

/** The share of marked units, 0…1. */
export function share(marks: readonly boolean[]): number {
  return marks.filter(Boolean).length / marks.length;
}
