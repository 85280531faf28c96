import type { Curve, Strategy } from "../helpers";
import { showChart, type ChartSpec } from "./chart";
import { count, textTable } from "./format";
import { shortStrategyName, strategyName, strategyScale } from "./strategy-names";

const HEIGHT = 280; // CSS px

export interface CurveChartOptions {
  title?: string;
  /** Numbers of examples to mark with a dashed line. */
  marks?: readonly number[];
}

/** Shows accuracy against the number of labelled examples: a line for each strategy with a band for the 95 %
 * interval of its mean, and where Option 2 overtakes Option 1.
 * @throws Error where the curve has no points.
 * @example
 * await showAccuracyVsDataSize(await accuracyVsDataSize({ … })); */
export async function showAccuracyVsDataSize(
  curve: Curve,
  { title, marks = [50, 1000] }: CurveChartOptions = {},
): Promise<void> {
  if (curve.points.length === 0) throw new Error("Cannot show the curve: it has no points.");
  const sizes = sizesOf(curve);
  const strategies = strategiesOf(curve);
  const values = curve.points.map(({ size, strategy, mean, low, high }) => ({
    size,
    strategy: strategyName(strategy),
    mean: round(mean),
    low: round(Math.max(0, low)),
    high: round(Math.min(1, high)),
  }));
  const { crossover } = curve;
  const inside = marks.filter((mark) => mark >= sizes[0] && mark <= sizes.at(-1)!);
  const { seeds } = curve.points[0];
  const x = {
    field: "size",
    type: "quantitative",
    title: "labelled examples (log scale)",
    scale: {
      type: "log",
      domain: sizes.length > 1 ? [sizes[0], sizes.at(-1)] : [sizes[0] / 2, sizes[0] * 2],
      nice: false,
      padding: 8,
    },
    axis: { values: [...new Set([...sizes, ...inside])], format: ",d", grid: false, labelOverlap: "greedy" },
  };
  const y = {
    type: "quantitative",
    title: "accuracy on the test set",
    axis: { format: ".0%" },
    scale: { zero: false },
  };
  const spec = {
    title: {
      text: title ?? `From ${curve.source} to ${curve.target}`,
      subtitle:
        seeds > 1
          ? `mean of ${seeds} draws of the examples, band: 95 % interval of the mean`
          : "one draw of the examples, so no interval",
    },
    width: 400,
    height: HEIGHT,
    data: { values },
    encoding: {
      color: {
        field: "strategy",
        type: "nominal",
        scale: strategyScale(strategies),
        legend: { title: null },
      },
    },
    layer: [
      ...inside.map((size) => ({
        data: { values: [{ size }] },
        mark: { type: "rule", strokeDash: [4, 4], color: "#bbb" },
        encoding: { x, color: { value: "#bbb" } },
      })),
      ...crossoverLayers(crossover, x, sizes),
      {
        mark: { type: "area", opacity: 0.18 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      { mark: { type: "line", strokeWidth: 2 }, encoding: { x, y: { ...y, field: "mean" } } },
      {
        mark: { type: "point", filled: true, size: 50, opacity: 1 },
        encoding: { x, y: { ...y, field: "mean" } },
      },
    ],
  };
  await showChart(
    spec as unknown as ChartSpec,
    `${curveTable(curve)}\n${describeCrossover(curve)}`.trimEnd(),
  );
}

/** The curve as a table of text: sizes × strategies, mean ± standard deviation over the seeds, with a line that
 * says so. */
export function curveTable(curve: Curve): string {
  const strategies = strategiesOf(curve);
  const rows = sizesOf(curve).map((size) => [
    count(size),
    ...strategies.map((strategy) => {
      const point = curve.points.find((p) => p.size === size && p.strategy === strategy);
      return point
        ? `${(100 * point.mean).toFixed(1)}${point.seeds > 1 ? ` ± ${(100 * point.sd).toFixed(1)}` : ""} %`
        : "";
    }),
  ]);
  const { seeds } = curve.points[0] ?? { seeds: 0 };
  const key = seeds > 1 ? [`(mean ± standard deviation over ${seeds} draws of the examples)`] : [];
  const stopped = curve.stopped ? ["Stopped before its end: only what was complete is here."] : [];
  return [textTable([["examples", ...strategies.map(strategyName)], ...rows]), ...key, ...stopped].join("\n");
}

/** Where Option 2 overtakes Option 1, in a sentence; empty where not both were run. */
export function describeCrossover({ crossover }: Curve): string {
  if (!crossover) return "";
  const { between, size, low, high } = crossover;
  const [first, second] = between.map((name) => shortStrategyName(name as Strategy));
  const note = crossover.note.replaceAll(between[0], first).replaceAll(between[1], second);
  if (size === null) return `Crossover: none; ${note}.`;
  const interval =
    low === null || high === null ? "" : ` (95 % interval ${wholeNumber(low)} to ${wholeNumber(high)})`;
  return `Crossover: ${second} overtakes ${first} at about ${wholeNumber(size)} examples${interval}; ${note}.`;
}

function crossoverLayers(crossover: Curve["crossover"], x: object, sizes: readonly number[]): object[] {
  if (!crossover || crossover.size === null) return [];
  const { between, size, low, high } = crossover;
  const [first, second] = between.map((name) => shortStrategyName(name as Strategy));
  const interval = low === null || high === null ? "" : ` (${wholeNumber(low)} to ${wholeNumber(high)})`;
  const text = `${second} overtakes ${first}\nat about ${wholeNumber(size)} examples${interval}`;
  // On the side where there is room for it.
  const late = Math.log(size) > (Math.log(sizes[0]) + Math.log(sizes.at(-1)!)) / 2;
  return [
    ...(low !== null && high !== null
      ? [
          {
            data: { values: [{ size: low, end: high }] },
            mark: { type: "rect", opacity: 0.08, color: "#000" },
            encoding: { x, x2: { field: "end" }, color: { value: "#000" } },
          },
        ]
      : []),
    {
      data: { values: [{ size, text }] },
      layer: [
        { mark: { type: "rule", color: "#444" }, encoding: { x, color: { value: "#444" } } },
        ...["white", undefined].map((halo) => ({
          mark: {
            type: "text",
            align: late ? "right" : "left",
            baseline: "bottom",
            dx: late ? -5 : 5,
            fontSize: 10,
            lineBreak: "\n",
            ...(halo && { stroke: halo, strokeWidth: 3, strokeJoin: "round" }),
          },
          encoding: {
            x,
            y: { value: HEIGHT - 14 },
            text: { field: "text" },
            color: { value: halo ?? "#444" },
          },
        })),
      ],
    },
  ];
}

function sizesOf({ points }: Curve): number[] {
  return [...new Set(points.map(({ size }) => size))].sort((a, b) => a - b);
}

function strategiesOf({ points }: Curve): Strategy[] {
  return [...new Set(points.map(({ strategy }) => strategy))];
}

function wholeNumber(value: number): string {
  return count(Math.round(value));
}

function round(value: number): number {
  return Number(value.toFixed(5));
}
