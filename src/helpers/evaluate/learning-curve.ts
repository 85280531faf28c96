import type { Dataset } from "../data";
import type { tf } from "../engine";
import { readCard } from "../model";
import type { Augmentation, AugmentationName, Strategy } from "../train";
import { findCrossover, type Crossover } from "./crossover";
import { checkStrategies, seedsOf } from "./experiment";
import { meanInterval } from "./intervals";
import { runTrials } from "./run-trials";
import type { Workers } from "./workers";

export interface CurvePoint {
  size: number;
  strategy: Strategy;
  /** Mean test accuracy over the seeds, 0…1, with its 95 % interval and standard deviation. */
  mean: number;
  low: number;
  high: number;
  sd: number;
  /** How many seeds. */
  seeds: number;
  /** One for each seed, in the order of the seeds. */
  accuracies: number[];
}

export interface Curve {
  points: CurvePoint[];
  /** Where Option 2 overtakes Option 1; null where not both were run. */
  crossover: Crossover | null;
  source: string;
  target: string;
  /** Whether a signal stopped it: then it has only the points that were complete. */
  stopped: boolean;
}

interface ExperimentOptions {
  /** A pre-trained network; borrowed, and left as it is. */
  source: tf.LayersModel;
  /** Each trial is measured on the whole of its test part. */
  target: Dataset;
  strategies: readonly Strategy[];
  /** How many, from 1 up, or which. */
  seeds: number | readonly number[];
  augment?: AugmentationName | Augmentation;
  /** A JSONL file: finished trials are appended, and not run again. */
  resume?: string;
  signal?: AbortSignal;
  /** How many trials run at once, each in a process of its own with one thread (about 1 GB): a number, or `"auto"`, as
   * many as there are cores and free memory for. Results are the same however many they are, bit for bit. */
  workers?: Workers;
}

export interface CurveOptions extends ExperimentOptions {
  /** Numbers of labelled examples to train on. */
  sizes: readonly number[];
}

/** Test accuracy as the number of labelled examples grows, for each strategy. Seeds are paired: with the same
 * seed, every strategy sees the same examples.
 * @returns Plain values; all models it makes are disposed.
 * @throws RangeError for unknown strategies, no seeds, or more examples than the set has.
 * @example
 * const curve = await accuracyVsDataSize({ source, target: digits, sizes: [10, 50, 1000],
 *   strategies: ["scratch", "option-1", "option-2"], seeds: 5 });
 * await showAccuracyVsDataSize(curve); */
export async function accuracyVsDataSize({ sizes, ...options }: CurveOptions): Promise<Curve> {
  const { source, target, strategies } = options;
  checkStrategies(strategies);
  const seeds = seedsOf(options.seeds);
  const sorted = [...new Set(sizes)].sort((a, b) => a - b);
  for (const size of sorted)
    if (!(Number.isInteger(size) && size >= 1 && size <= target.train.count))
      throw new RangeError(
        `Cannot measure accuracy at ${size} examples: "${target.name}" has 1 to ${target.train.count} to train on.`,
      );
  const trials = sorted.flatMap((size) =>
    seeds.flatMap((seed) =>
      strategies.map((strategy) => ({ size, strategy, seed, augment: options.augment })),
    ),
  );
  const { accuracies, stopped } = await runTrials(trials, options, "Accuracy against data size");

  const points = sorted.flatMap((size) =>
    strategies.flatMap((strategy): CurvePoint[] => {
      const values = accuracies.filter(([trial]) => trial.size === size && trial.strategy === strategy);
      if (values.length < seeds.length) return [];
      const found = values.map(([, accuracy]) => accuracy);
      return [{ size, strategy, ...meanInterval(found), seeds: found.length, accuracies: found }];
    }),
  );
  return {
    points,
    crossover: crossoverOf(points),
    source: readCard(source)?.name ?? source.name,
    target: target.name,
    stopped,
  };
}

export interface SpreadOptions extends ExperimentOptions {
  size: number;
  learningRates: readonly number[];
}

export interface SpreadRow {
  strategy: Strategy;
  learningRate: number;
  seed: number;
  accuracy: number;
}

/** Test accuracy over learning rates that nobody tuned, at one number of examples: how wrong it can go.
 * @returns One row a trial. */
export async function accuracyVsLearningRate({
  size,
  learningRates,
  ...options
}: SpreadOptions): Promise<SpreadRow[]> {
  checkStrategies(options.strategies);
  const trials = learningRates.flatMap((learningRate) =>
    seedsOf(options.seeds).flatMap((seed) =>
      options.strategies.map((strategy) => ({
        size,
        strategy,
        seed,
        learningRate,
        augment: options.augment,
      })),
    ),
  );
  const { accuracies } = await runTrials(trials, options, "Accuracy against learning rate");
  return accuracies.map(([{ strategy, learningRate, seed }, accuracy]) => ({
    strategy,
    learningRate: learningRate!,
    seed,
    accuracy,
  }));
}

function crossoverOf(points: CurvePoint[]): Crossover | null {
  const of = (strategy: Strategy, size: number): readonly number[] | undefined =>
    points.find((point) => point.strategy === strategy && point.size === size)?.accuracies;
  const rows = [...new Set(points.map(({ size }) => size))].flatMap((size) => {
    const first = of("option-1", size);
    const second = of("option-2", size);
    return first && second ? [{ size, first, second }] : [];
  });
  return rows.length > 0 ? findCrossover(["option-1", "option-2"], rows) : null;
}
