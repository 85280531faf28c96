/** The ratios as a picture, drawn as the project draws all its charts. */
import { PALETTE, renderChart, type ChartSpec } from "../../src/viz/chart";
import type { Report } from "./report";

const NAMES: Record<string, string> = {
  "full/pytorch": "training with batch norm, against PyTorch",
  "full/keras": "training with batch norm, against Keras",
  "full/stock": "training with batch norm, against TensorFlow.js",
  "plain/pytorch": "training without batch norm, against PyTorch",
  "option1/pytorch": "Option 1, against PyTorch",
  "option1/keras": "Option 1, against Keras",
  "curve/pytorch": "accuracy against data size, against PyTorch",
  "start/keras": "from a cold start to the first answer, against Keras",
};

/** What the chart shows: a bar for each ratio that is not withheld. */
export function bars({ ratios, machine }: Pick<Report, "ratios" | "machine">) {
  const all = `${machine.cores} cores`;
  return Object.entries(NAMES).flatMap(([key, name]) =>
    [
      { name, cores: all, ratio: ratios[key] },
      { name, cores: "1 core", ratio: ratios[`${key}@1`] },
    ].filter((bar): bar is { name: string; cores: string; ratio: number } => typeof bar.ratio === "number"),
  );
}

export async function drawChart(report: Report): Promise<Buffer> {
  const values = bars(report);
  const domain = [`${report.machine.cores} cores`, "1 core"];
  const y = {
    field: "name",
    type: "nominal",
    sort: Object.values(NAMES),
    title: null,
    axis: { labelLimit: 340, ticks: false, domain: false, labelFontSize: 12 },
  };
  const place = { y, yOffset: { field: "cores", sort: domain } };
  // Twice as fast lies as far to the right of 1 as half as fast to the left.
  const x = {
    field: "ratio",
    type: "quantitative",
    scale: { type: "log", domainMin: 0.5, nice: false },
    title: "times as fast (1: the same)",
    axis: { values: [0.5, 1, 2, 5, 10, 20, 50], format: "~g" },
  };
  const spec = {
    title: {
      text: "How many times as fast as others transfer-lab is",
      subtitle: `On the same machine, images and network, taking turns; ${report.machine.cpu}`,
      subtitlePadding: 4,
    },
    data: { values },
    width: 420,
    height: { step: 15 },
    layer: [
      {
        mark: { type: "bar", height: 12 },
        encoding: {
          ...place,
          x,
          x2: { datum: 1 },
          color: {
            field: "cores",
            type: "nominal",
            title: null,
            scale: { domain, range: [PALETTE[0], PALETTE[5]] },
            legend: { orient: "bottom", symbolType: "square" },
          },
        },
      },
      {
        mark: {
          type: "text",
          align: { expr: "datum.ratio < 1 ? 'right' : 'left'" },
          dx: { expr: "datum.ratio < 1 ? -4 : 4" },
          fontSize: 11,
        },
        encoding: { ...place, x, text: { field: "ratio", type: "quantitative", format: ".2f" } },
      },
      { mark: { type: "rule", color: "#333" }, encoding: { x: { datum: 1 } } },
    ],
  };
  return Buffer.from((await renderChart(spec as unknown as ChartSpec)).png);
}
