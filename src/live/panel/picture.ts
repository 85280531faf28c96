/** The panel as a picture: its layers, the settings that were tried, and the last training's curves. */
import { PALETTE, type ChartSpec } from "../../viz";
import type { PanelRow, PanelState, ShownRun } from "./state";

const ROW_HEIGHT = 24; // CSS px
const WIDTH = 880; // CSS px
const MOST_RUNS = 12;
/** Where the columns begin, or end where they hold numbers, in CSS px. */
const LAYER_COLUMNS = { layer: 92, kind: 190, output: 400, parameters: 535, detects: 560 };
const RUN_COLUMNS = {
  number: 18,
  frozen: 40,
  examples: 430,
  rate: 510,
  steps: 610,
  trained: 715,
  accuracy: 860,
};
const ON_RIGHT = ["number", "parameters", "examples", "rate", "steps", "trained", "accuracy"];
const HEADINGS: Partial<Record<string, string>> = { accuracy: "test accuracy", number: "" };

const count = (n: number): string => n.toLocaleString("en");
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** As much of it as there is: a panel that trained nothing yet shows its layers. */
export function pictureOf(state: PanelState): ChartSpec {
  const { history, curve } = state;
  const parts = [
    layersPart(state),
    ...(history.length > 0 ? [runsPart(history)] : []),
    ...(curve.length > 1 ? [curvesPart(state)] : []),
  ];
  return { vconcat: parts, spacing: 14 } as unknown as ChartSpec;
}

function layersPart({ rows, frozen, trainable, total }: PanelState): object {
  const values = rows.map((row, y) => ({
    y,
    freezing: freezingOf(row, frozen),
    layer: row.name,
    kind: row.kind,
    output: row.outputShape.join(" × "),
    parameters: count(row.parameters),
    detects: row.detects,
  }));
  const y = yFor(values.length, 0);
  const color = {
    field: "freezing",
    type: "nominal",
    legend: null,
    scale: { domain: ["frozen", "in part", "trains"], range: ["#8a9aa9", PALETTE[4], PALETTE[2]] },
  };
  const opacity = { condition: { test: "datum.freezing === 'frozen'", value: 0.6 }, value: 1 };
  return {
    width: WIDTH,
    height: ROW_HEIGHT * values.length,
    data: { values },
    title: `Freeze panel: ${count(trainable)} of ${count(total)} parameters train`,
    layer: [
      { mark: { type: "square", size: 130, opacity: 1 }, encoding: { y, x: { value: 10 }, color } },
      {
        mark: { type: "text", align: "left", fontSize: 12, fontWeight: "bold" },
        encoding: { y, x: { value: 24 }, color, text: { field: "freezing", type: "nominal" } },
      },
      ...Object.entries(LAYER_COLUMNS).map(([field, x]) => column(field, x, y, { opacity })),
    ],
  };
}

function runsPart(history: readonly ShownRun[]): object {
  const best = Math.max(...history.map(({ testAccuracy }) => testAccuracy));
  const values = history
    .map((run, i) => ({
      number: String(i + 1),
      frozen: run.inWords,
      examples: count(run.settings.examples),
      rate: String(run.settings.learningRate),
      steps: run.stopped ? `${run.stepsDone} of ${run.settings.steps}` : count(run.settings.steps),
      trained: count(run.trainable),
      accuracy: `${percent(run.testAccuracy)} ± ${((100 * (run.high - run.low)) / 2).toFixed(1)}`,
      isBest: history.length > 1 && run.testAccuracy === best,
    }))
    .slice(-MOST_RUNS)
    .map((row, y) => ({ ...row, y }));
  const y = yFor(values.length, 1);
  const color = { condition: { test: "datum.isBest", value: "#007d5b" }, value: "#222" };
  const heads = Object.entries(RUN_COLUMNS).map(([field, x]) => ({
    data: { values: [{}] }, // once, and not for each run
    mark: { ...textMark(field), color: "#666" },
    encoding: {
      y: { ...y, field: undefined, datum: -1 },
      x: { value: x },
      text: { value: HEADINGS[field] ?? field },
    },
  }));
  return {
    width: WIDTH,
    height: ROW_HEIGHT * (values.length + 1),
    data: { values },
    title: "Tried so far",
    layer: [...heads, ...Object.entries(RUN_COLUMNS).map(([field, x]) => column(field, x, y, { color }))],
  };
}

function curvesPart({ curve, curveSteps, tests, testExamples }: PanelState): object {
  const part = (field: "loss" | "accuracy", title: string, more: object, over: object[]): object => ({
    width: 390,
    height: 130,
    encoding: {
      x: { field: "step", type: "quantitative", scale: { domain: [0, curveSteps] }, axis: { tickCount: 5 } },
      y: { field, type: "quantitative", title, ...more },
    },
    layer: [{ data: { values: curve }, mark: { type: "line", strokeWidth: 2, color: PALETTE[0] } }, ...over],
  });
  const dots = {
    data: { values: tests },
    mark: { type: "point", filled: true, size: 60, opacity: 1, color: "#d55e00" },
  };
  const shares = { scale: { domain: [0, 1] }, axis: { format: ".0%", tickCount: 4 } };
  return {
    title: `The last training: a line for the training examples, dots for ${count(testExamples)} test images`,
    hconcat: [part("loss", "loss (nats)", {}, []), part("accuracy", "accuracy", shares, [dots])],
    spacing: 30,
  };
}

/** Rows from the top; `heads` of them stand above the first. */
function yFor(rows: number, heads: number): object {
  const scale = { domain: [-0.5 - heads, rows - 0.5], reverse: true, zero: false, nice: false };
  return { field: "y", type: "quantitative", axis: null, scale };
}

function column(field: string, x: number, y: object, more: object): object {
  return {
    mark: textMark(field),
    encoding: { y, x: { value: x }, text: { field, type: "nominal" }, ...more },
  };
}

function textMark(field: string): object {
  return { type: "text", align: ON_RIGHT.includes(field) ? "right" : "left", fontSize: 12, limit: 330 };
}

/** How a row stands. */
export function freezingOf({ layers }: PanelRow, frozen: readonly string[]): "frozen" | "in part" | "trains" {
  const some = layers.filter((name) => frozen.includes(name)).length;
  return some === 0 ? "trains" : some === layers.length ? "frozen" : "in part";
}
