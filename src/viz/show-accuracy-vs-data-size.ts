import type { Curve, Strategy } from "../helpers";
import { showChart, type ChartSpec } from "./chart";
import { count, textTable } from "./format";
import { strategyName, strategyScale } from "./strategy-names";

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
  const inside = marks.filter((mark) => sizes.includes(mark));
  const x = {
    field: "size",
    type: "quantitative",
    title: "labelled examples (log scale)",
    scale: {
      type: "log",
      domain: sizes.length > 1 ? [sizes[0], sizes.at(-1)] : [sizes[0] / 2, sizes[0] * 2],
    },
    axis: { values: sizes, format: ",d", grid: false },
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
      subtitle: `mean of ${curve.points[0].seeds} draws of the examples, band: 95 % interval of the mean`,
    },
    width: 460,
    height: 280,
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
      ...crossoverLayers(crossover, x),
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

/** The curve as a table of text: sizes × strategies, mean ± standard deviation over the seeds. */
export function curveTable(curve: Curve): string {
  const strategies = strategiesOf(curve);
  const rows = sizesOf(curve).map((size) => [
    count(size),
    ...strategies.map((strategy) => {
      const point = curve.points.find((p) => p.size === size && p.strategy === strategy);
      return point ? `${(100 * point.mean).toFixed(1)} ± ${(100 * point.sd).toFixed(1)} %` : "";
    }),
  ]);
  return textTable([["examples", ...strategies.map(strategyName)], ...rows]);
}

/** Where Option 2 overtakes Option 1, in a sentence; empty where not both were run. */
export function describeCrossover({ crossover }: Curve): string {
  if (!crossover) return "";
  const { size, low, high, note } = crossover;
  if (size === null) return `Crossover: none; ${note}.`;
  const interval =
    low === null || high === null ? "" : ` (95 % interval ${Math.round(low)} to ${Math.round(high)})`;
  return `Crossover: Option 2 overtakes Option 1 at about ${Math.round(size)} examples${interval}; ${note}.`;
}

function crossoverLayers(crossover: Curve["crossover"], x: object): object[] {
  if (!crossover || crossover.size === null) return [];
  const { size, low, high } = crossover;
  const text = `Option 2 overtakes Option 1 at about ${Math.round(size)}`;
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
        {
          mark: { type: "text", align: "left", dx: 5, fontSize: 10 },
          encoding: { x, y: { value: 274 }, text: { field: "text" }, color: { value: "#444" } },
        },
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

function round(value: number): number {
  return Number(value.toFixed(5));
}
