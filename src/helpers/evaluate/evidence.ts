/** What the options make of the same folds. */
import type { tf } from "../engine";
import { reportProgress } from "../report";
import type { Augmentation, AugmentationName, Strategy } from "../train";
import { nameOf, type OptionEvidence } from "./choose";
import { runFold, type FoldResult } from "./cross-validate";
import type { Fold } from "./folds";
import { foldsInterval } from "./intervals";
import { fitTemperature } from "./temperature";

/** What all options made of one fold. */
export interface Round {
  labels: Int32Array;
  results: FoldResult[];
}

/** Makes a function that runs all options on one fold, and tells how far the whole has come. */
export function comparison(
  source: tf.LayersModel,
  strategies: readonly Strategy[],
  {
    planned,
    signal,
    augment,
  }: { planned: number; signal: AbortSignal; augment?: AugmentationName | Augmentation },
): (fold: Fold, seed: number) => Promise<Round | undefined> {
  let done = 0;
  return async (fold, seed) => {
    const results: FoldResult[] = [];
    for (const strategy of strategies) {
      if (signal.aborted) return undefined;
      const result = await runFold(source, fold, { strategy, seed, augment, signal });
      if (!result) return undefined;
      results.push(result);
      reportProgress({
        task: "Comparing the options",
        done: ++done,
        total: planned * strategies.length,
        unit: "trainings",
        note: `${nameOf(strategy)}: ${(100 * result.accuracy).toFixed(1)} %`,
      });
    }
    return { labels: fold.heldOut.labels, results };
  };
}

/** Puts the rounds together, two or more.
 * @param sizes How many examples a fold was measured on, and how many it was trained on. */
export function evidenceOf(
  rounds: readonly Round[],
  strategies: readonly Strategy[],
  sizes: { heldOut: number; trained: number },
): OptionEvidence[] {
  const labels = rounds.flatMap((round) => [...round.labels]);
  return strategies.map((strategy, s) => {
    const results = rounds.map((round) => round.results[s]);
    const accuracies = results.map(({ accuracy }) => accuracy);
    const interval = foldsInterval(accuracies, sizes);
    return {
      strategy,
      ...interval,
      low: Math.max(0, interval.low),
      high: Math.min(1, interval.high),
      accuracies,
      seconds: median(results.map(({ seconds }) => seconds)),
      temperature: fitTemperature(joined(results.map(({ logits }) => logits)), labels),
    };
  });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
