/** The panel where nothing runs. */
import { PALETTE, renderChart, type ChartSpec } from "../../viz";
import type { Still } from "../widget";
import type { PanelRow, PanelState } from "./state";

const ROW_HEIGHT = 24; // CSS px
/** Where the columns begin, in CSS px. */
const COLUMNS = { layer: 92, kind: 190, output: 400, parameters: 535, detects: 560 };

/** A picture of the layers, and in words the settings that were tried. */
export async function stillOf(state: PanelState): Promise<Still> {
  const { png, width, height } = await renderChart(pictureOf(state));
  return {
    data: { "image/png": png.toString("base64"), "text/plain": inWords(state) },
    metadata: { "image/png": { width, height } },
  };
}

function pictureOf(state: PanelState): ChartSpec {
  const values = state.rows.map((row, y) => ({
    y,
    freezing: freezingOf(row, state.frozen),
    layer: row.name,
    kind: row.kind,
    output: row.outputShape.join(" × "),
    parameters: row.parameters.toLocaleString("en"),
    detects: row.detects,
  }));
  const y = {
    field: "y",
    type: "quantitative",
    axis: null,
    scale: { domain: [-0.5, values.length - 0.5], reverse: true },
  };
  const color = {
    field: "freezing",
    type: "nominal",
    legend: null,
    scale: { domain: ["frozen", "in part", "trains"], range: ["#8a9aa9", PALETTE[4], PALETTE[2]] },
  };
  const column = ([field, x]: [string, number]) => ({
    mark: { type: "text", align: field === "parameters" ? "right" : "left", fontSize: 12, limit: 330 },
    encoding: {
      y,
      x: { value: x },
      text: { field, type: "nominal" },
      opacity: { condition: { test: "datum.freezing === 'frozen'", value: 0.6 }, value: 1 },
    },
  });
  const spec = {
    width: 880,
    height: ROW_HEIGHT * values.length,
    data: { values },
    title: `Freeze panel: ${trainableInWords(state)}`,
    layer: [
      { mark: { type: "square", size: 130, opacity: 1 }, encoding: { y, x: { value: 10 }, color } },
      {
        mark: { type: "text", align: "left", fontSize: 12, fontWeight: "bold" },
        encoding: { y, x: { value: 24 }, color, text: { field: "freezing", type: "nominal" } },
      },
      ...Object.entries(COLUMNS).map(column),
    ],
  };
  return spec as unknown as ChartSpec;
}

function inWords(state: PanelState): string {
  const rows = state.rows.map((row) => `  ${row.name} (${row.kind}): ${freezingOf(row, state.frozen)}`);
  const tried = state.history.map(
    ({ code, testAccuracy }) => `  ${code} // ${(100 * testAccuracy).toFixed(1)} % of test images`,
  );
  return [
    `Freeze panel: ${trainableInWords(state)}`,
    ...rows,
    ...(tried.length > 0 ? ["Tried:", ...tried] : []),
  ].join("\n");
}

function trainableInWords({ trainable, total }: PanelState): string {
  return `${trainable.toLocaleString("en")} of ${total.toLocaleString("en")} parameters train`;
}

function freezingOf({ layers }: PanelRow, frozen: readonly string[]): "frozen" | "in part" | "trains" {
  const count = layers.filter((name) => frozen.includes(name)).length;
  return count === 0 ? "trains" : count === layers.length ? "frozen" : "in part";
}
