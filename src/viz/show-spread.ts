import type { SpreadRow } from "../helpers";
import { showChart, type ChartSpec } from "./chart";
import { percent, textTable } from "./format";
import { strategyName, strategyScale } from "./strategy-names";

/** Shows how accuracy depends on a learning rate that nobody tuned: a dot for each trial, a line through the
 * means.
 * @param rows What `accuracyVsLearningRate` returned.
 * @throws Error where there are no rows.
 * @example
 * await showSpread(await accuracyVsLearningRate({ … })); */
export async function showSpread(
  rows: readonly SpreadRow[],
  { title }: { title?: string } = {},
): Promise<void> {
  if (rows.length === 0) throw new Error("Cannot show the spread: there are no trials.");
  const strategies = [...new Set(rows.map(({ strategy }) => strategy))];
  const rates = [...new Set(rows.map(({ learningRate }) => learningRate))].sort((a, b) => a - b);
  const values = rows.map(({ strategy, learningRate, accuracy }) => ({
    strategy: strategyName(strategy),
    learningRate,
    accuracy: Number(accuracy.toFixed(5)),
  }));
  const x = {
    field: "learningRate",
    type: "quantitative",
    title: "learning rate (log scale)",
    scale: { type: "log", nice: false, padding: 20 },
    axis: { values: rates, format: "~r", grid: false, labelOverlap: "greedy" },
  };
  const y = {
    field: "accuracy",
    type: "quantitative",
    title: "accuracy on the test set",
    axis: { format: ".0%" },
    scale: { zero: false },
  };
  const spec = {
    title: {
      text: title ?? "Accuracy over learning rates",
      subtitle: "a dot for each trial, a line through the means",
    },
    width: 400,
    height: 240,
    data: { values },
    encoding: {
      x,
      color: {
        field: "strategy",
        type: "nominal",
        scale: strategyScale(strategies),
        legend: { title: null },
      },
    },
    layer: [
      { mark: { type: "line", strokeWidth: 2, opacity: 0.7 }, encoding: { y: { ...y, aggregate: "mean" } } },
      { mark: { type: "point", filled: true, size: 45, opacity: 0.9 }, encoding: { y } },
    ],
  };
  const mean = (strategy: string, rate: number): number => {
    const found = rows.filter((row) => row.strategy === strategy && row.learningRate === rate);
    return found.reduce((sum, row) => sum + row.accuracy, 0) / found.length;
  };
  const table = rates.map((rate) => [
    String(rate),
    ...strategies.map((strategy) => percent(mean(strategy, rate))),
  ]);
  const summary = strategies.map((strategy) => {
    const means = rates.map((rate) => mean(strategy, rate)).filter((share) => !Number.isNaN(share));
    const [low, high] = [Math.min(...means), Math.max(...means)];
    return `${strategyName(strategy)} ranges over ${percent(high - low).replace(" %", " points")}, from ${percent(low)} to ${percent(high)}.`;
  });
  await showChart(
    spec as unknown as ChartSpec,
    [textTable([["learning rate", ...strategies.map(strategyName)], ...table]), ...summary].join("\n"),
  );
}
