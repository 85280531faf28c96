import { random } from "../random";

/** Where a second strategy overtakes a first as the data grows. */
export interface Crossover {
  between: [first: string, second: string];
  /** In examples, between the measured sizes on a log scale; null where none was seen. */
  size: number | null;
  /** The 95 % interval of it, where most resamples of the seeds have a crossing. */
  low: number | null;
  high: number | null;
  note: string;
}

/** Accuracies of two strategies at growing sizes; the same position in both is the same seed. */
export interface PairedAccuracies {
  size: number;
  first: readonly number[];
  second: readonly number[];
}

const RESAMPLES = 1000;

/** The last size at which the second strategy's mean gets ahead of the first's, with a bootstrap over seeds.
 * @param rows At least one, in growing size. */
export function findCrossover(
  between: [string, string],
  rows: readonly PairedAccuracies[],
  seed = 1,
): Crossover {
  const [first, second] = between;
  const differences = rows.map((row) => row.second.map((value, i) => value - row.first[i]));
  const sizes = rows.map(({ size }) => size);
  const size = crossing(sizes, differences.map(mean));
  if (size === null) {
    const ahead = differences.map(mean).every((d) => d > 0);
    const note = ahead
      ? `${second} is ahead of ${first} at every size measured`
      : `${second} does not get ahead of ${first} for good within the sizes measured`;
    return { between, size: null, low: null, high: null, note };
  }
  const chance = random(seed);
  const seeds = Math.min(...differences.map((row) => row.length));
  const found: number[] = [];
  for (let r = 0; r < RESAMPLES; r++) {
    const drawn = Array.from({ length: seeds }, () => chance.int(seeds));
    const resampled = crossing(
      sizes,
      differences.map((row) => mean(drawn.map((i) => row[i]))),
    );
    if (resampled !== null) found.push(resampled);
  }
  found.sort((a, b) => a - b);
  const share = found.length / RESAMPLES;
  const sure = seeds > 1 && share >= 0.5;
  const note =
    seeds === 1
      ? "one seed: no interval"
      : `${Math.round(share * 100)} % of ${RESAMPLES} resamples of the seeds have a crossing`;
  return {
    between,
    size,
    low: sure ? found[Math.floor(0.025 * found.length)] : null,
    high: sure ? found[Math.ceil(0.975 * found.length) - 1] : null,
    note,
  };
}

/** The last size at which the differences turn from not positive to positive; null where they never do. */
function crossing(sizes: readonly number[], differences: readonly number[]): number | null {
  for (let i = differences.length - 1; i > 0; i--)
    if (differences[i] > 0 && differences[i - 1] <= 0) {
      const share = differences[i - 1] / (differences[i - 1] - differences[i]);
      return sizes[i - 1] * (sizes[i] / sizes[i - 1]) ** share;
    }
  return null;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
