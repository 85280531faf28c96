import type { Strategy } from "../helpers";
import type { Recommendation } from "../helpers";
import { showChart, type ChartSpec } from "./chart";
import { count, percent, textTable } from "./format";
import { shortStrategyName, strategyName, strategyScale } from "./strategy-names";

const WIDTH = 400; // CSS px
const ROW = 46; // CSS px
const KEY =
  "a dot for each fold, a diamond for the mean, a bar for its 95 % interval; thin lines join the same fold";

/** Shows which option to train by, and why: the accuracy of each option in each fold, its mean with the 95 %
 * interval, and below by how much one is ahead in the same folds.
 * @throws Error where fewer than two folds were complete: there is nothing to draw.
 * @example
 * await showRecommendation(await recommend(source, photos)); */
export async function showRecommendation(
  recommendation: Recommendation,
  { title }: { title?: string } = {},
): Promise<void> {
  const { options, why } = recommendation;
  if (options.length === 0)
    throw new Error(
      `Cannot show the recommendation: ${recommendation.rounds} of ${recommendation.planned} folds were complete, and it takes two.`,
    );
  const [verdict, ...figures] = why.replace(/\.$/, "").split(". ");
  const spec = {
    title: {
      text: title ?? verdict.split("; ").map((part, i) => (i === 0 ? part : `… ${part}`)),
      subtitle: [...figures, describeFolds(recommendation), KEY],
    },
    vconcat: [accuracyPanel(recommendation), leadPanel(recommendation)],
    spacing: 12,
    resolve: { scale: { color: "shared" } },
  };
  await showChart(spec as unknown as ChartSpec, recommendationTable(recommendation));
}

/** The evidence as a table of text, and the reason below it. */
export function recommendationTable(recommendation: Recommendation): string {
  const { options, why } = recommendation;
  const rows = options.map(({ strategy, mean, low, high, seconds }) => [
    strategyName(strategy),
    percent(mean),
    `${percent(low)} to ${percent(high)}`,
    seconds >= 10 ? seconds.toFixed(0) : seconds.toPrecision(2),
  ]);
  const table = textTable([["", "accuracy", "95 % interval", "seconds"], ...rows]);
  return [...(rows.length > 0 ? [table, `(${describeFolds(recommendation)})`] : []), why].join("\n");
}

function describeFolds({ examples, trained, rounds, planned, stopped }: Recommendation): string {
  const folds = stopped ? `${rounds} of ${planned} folds, stopped before the end` : `${rounds} folds`;
  return `${folds}: ${count(trained)} examples to train on and ${count(examples - trained)} others to measure on`;
}

/** A row for each option: a pale dot for a fold, a dark one for the mean, a line for its interval. */
function accuracyPanel({ options }: Recommendation): object {
  const strategies = options.map(({ strategy }) => strategy);
  const dots = options.flatMap(({ strategy, accuracies }) =>
    accuracies.map((value, fold) => ({ row: strategyName(strategy), value: round(value), fold })),
  );
  const means = options.map(({ strategy, ...interval }) => ({
    row: strategyName(strategy),
    ...figures(interval),
  }));
  const scale = strategyScale(strategies);
  const y = { field: "row", type: "nominal", sort: null, title: null, axis: { labelLimit: 260 } };
  const axis = { title: "accuracy on the examples held out", format: ".0%" };
  const pairs = {
    data: { values: dots },
    mark: { type: "line", color: "#bbb", strokeWidth: 1, opacity: 0.7 },
    encoding: { x: position("value", axis), y, detail: { field: "fold" } },
  };
  return panel(strategies.length, [pairs, ...marks(dots, means, y, { axis, scale })]);
}

/** A row for each comparison: by how much one option is ahead, in each fold and in the mean, beside zero. */
function leadPanel({ leads }: Recommendation): object {
  const nameOf = ({ of, over }: { of: Strategy; over: Strategy }): string =>
    `lead of ${shortStrategyName(of)}${leads.length > 1 ? ` over ${shortStrategyName(over)}` : ""}`;
  const dots = leads.flatMap((lead) =>
    lead.differences.map((value) => ({ row: nameOf(lead), value: round(100 * value) })),
  );
  const means = leads.map((lead) => ({ row: nameOf(lead), ...figures(lead, 100) }));
  const y = { field: "row", type: "nominal", sort: null, title: null, axis: { labelLimit: 260 } };
  const axis = { title: "difference in the same fold, in percentage points", format: "~r" };
  const zero = {
    data: { values: [{ zero: 0 }] },
    mark: { type: "rule", strokeDash: [4, 4], color: "#666" },
    encoding: { x: position("zero", axis) },
  };
  return panel(leads.length, [zero, ...marks(dots, means, y, { axis })]);
}

function panel(rows: number, layer: object[]): object {
  return { width: WIDTH, height: ROW * rows, layer };
}

interface Axis {
  title: string;
  format: string;
}

interface Interval {
  mean: number;
  low: number;
  high: number;
}

function marks(
  dots: object[],
  means: (Interval & { row: string })[],
  y: object,
  { axis, scale }: { axis: Axis; scale?: object },
): object[] {
  const color = scale ? { field: "row", type: "nominal", scale, legend: null } : { value: "#333" };
  return [
    {
      data: { values: dots },
      mark: { type: "point", filled: true, size: 50, opacity: 0.35 },
      encoding: { x: position("value", axis), y, color },
    },
    {
      data: { values: means },
      mark: { type: "rule", strokeWidth: 3 },
      encoding: { x: position("low", axis), x2: { field: "high" }, y, color },
    },
    {
      data: { values: means },
      mark: { type: "point", filled: true, shape: "diamond", size: 130, opacity: 1, stroke: "white" },
      encoding: { x: position("mean", axis), y, color },
    },
    ...["white", undefined].map((halo) => ({
      data: { values: means.map((interval) => ({ ...interval, figure: figureOf(interval, !scale) })) },
      mark: {
        type: "text",
        dy: -14,
        fontSize: 11,
        fontWeight: "bold",
        color: halo ?? "#222",
        ...(halo && { stroke: halo, strokeWidth: 4, strokeJoin: "round" }),
      },
      encoding: { x: position("mean", axis), y, text: { field: "figure" } },
    })),
  ];
}

function position(field: string, { title, format }: Axis): object {
  return {
    field,
    type: "quantitative",
    title,
    axis: { format, tickCount: 6 },
    scale: { zero: false, nice: false, padding: 12 },
  };
}

function figureOf({ mean }: Interval, isLead: boolean): string {
  if (!isLead) return percent(mean);
  return `${mean > 0 ? "+" : ""}${mean.toFixed(1)} points`.replace("-", "−");
}

function figures({ mean, low, high }: Interval, scale = 1): Interval {
  return { mean: round(scale * mean), low: round(scale * low), high: round(scale * high) };
}

function round(value: number): number {
  return Number(value.toFixed(5));
}
