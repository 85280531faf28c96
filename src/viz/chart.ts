/** Charts. This file alone knows vega and vega-lite. */
import type { TopLevelSpec } from "vega-lite";
import { display } from "./display";
import { FONT, readyFonts, type Picture } from "./raster";

/** A Vega-Lite specification with its data inside. */
export type ChartSpec = TopLevelSpec;

/** Told apart by colour-blind readers too (Okabe and Ito, 2008). */
export const PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#666666"];

const VEGA_LITE = "https://vega.github.io/schema/vega-lite/v5.json";
const DENSITY = 2;

const theme: ChartSpec["config"] = {
  font: FONT,
  background: "white",
  axis: {
    labelFontSize: 11,
    labelFlush: false,
    titleFontSize: 12,
    titleFontWeight: "normal",
    gridColor: "#e6e6e6",
  },
  legend: {
    symbolOpacity: 1,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelLimit: 260,
  },
  title: { fontSize: 13, anchor: "start", subtitleFontSize: 11, subtitleColor: "#555" },
  view: { stroke: "transparent" },
};

/** A specification with the lab's theme. */
function themed(spec: ChartSpec): ChartSpec {
  return { $schema: VEGA_LITE, ...spec, config: { ...theme, ...spec.config } } as ChartSpec;
}

export interface Chart extends Picture {
  /** What was drawn: the specification with the lab's theme. */
  spec: ChartSpec;
}

/** Draws a Vega-Lite chart. The same specification gives the same PNG.
 * @returns The picture, at twice the density, and its specification.
 * @throws Error where vega-lite refuses the specification. */
export async function renderChart(plain: ChartSpec): Promise<Chart> {
  // Loaded at the first chart: it takes as long as half of all else.
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  readyFonts();
  const spec = themed(plain);
  const warnings: string[] = [];
  const logger = {
    ...vega.logger(vega.Warn),
    warn: (...args: unknown[]) => (warnings.push(args.join(" ")), logger),
  };
  // A copy, for vega marks the rows of the data that it is given.
  const compiled = compile(structuredClone(spec), { logger: logger as never }).spec;
  if (warnings.length > 0) throw new Error(`Cannot draw the chart: ${warnings.join("; ")}`);
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logLevel: vega.Error });
  try {
    const canvas = (await view.toCanvas(DENSITY)) as unknown as Canvas;
    return {
      spec,
      png: canvas.toBuffer("image/png"),
      width: canvas.width / DENSITY,
      height: canvas.height / DENSITY,
    };
  } finally {
    view.finalize();
  }
}

interface Canvas {
  width: number;
  height: number;
  toBuffer(type: "image/png"): Buffer;
}

/** Shows a chart as Vega-Lite, PNG and text in one output, so that every front end has something.
 * @param text What the chart says, as a table or a sentence. */
export async function showChart(plain: ChartSpec, text: string): Promise<void> {
  const { spec, png, width, height } = await renderChart(plain);
  display(
    {
      "application/vnd.vegalite.v5+json": spec,
      "image/png": png.toString("base64"),
      "text/plain": text,
    },
    { metadata: { "image/png": { width, height } } },
  );
}
