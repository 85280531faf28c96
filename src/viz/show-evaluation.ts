import type { Evaluation } from "../helpers";
import { PALETTE, showChart, type ChartSpec } from "./chart";
import { count, percent, textTable } from "./format";

/** Shows how well a model does: the accuracy with its 95 % interval, and the accuracy of each class.
 * @example
 * await showEvaluation(await evaluate(target, digits.test)); */
export async function showEvaluation({
  accuracy,
  low,
  high,
  loss,
  count: n,
  perClass,
}: Evaluation): Promise<void> {
  const headline = `${percent(accuracy)} right (95 % interval ${percent(low)} to ${percent(high)})`;
  const spec = {
    title: { text: headline, subtitle: `${count(n)} examples, loss ${loss.toFixed(2)} nats` },
    data: {
      values: perClass.map((c) => ({ name: c.name, accuracy: Number.isNaN(c.accuracy) ? null : c.accuracy })),
    },
    width: 420,
    height: { step: 18 },
    encoding: {
      y: { field: "name", type: "nominal", sort: null, title: null },
      x: {
        field: "accuracy",
        type: "quantitative",
        title: "accuracy",
        axis: { format: ".0%" },
        scale: { domain: [0, 1] },
      },
    },
    layer: [
      { mark: { type: "bar", color: PALETTE[0], opacity: 0.85 } },
      {
        mark: { type: "text", align: "right", dx: -4, color: "white", fontSize: 10 },
        transform: [{ filter: "datum.accuracy > 0.12" }],
        encoding: { text: { field: "accuracy", type: "quantitative", format: ".0%" } },
      },
    ],
  };
  const rows = perClass.map((c) => [c.name, percent(c.accuracy), count(c.count)]);
  const text = `${headline}\n${textTable([["class", "accuracy", "examples"], ...rows])}`;
  await showChart(spec as unknown as ChartSpec, text);
}

/** Shows which classes a model takes for which: a row for each true class, in shares of the row.
 * @example
 * await showConfusion(await evaluate(target, digits.test)); */
export async function showConfusion({ classes, confusion }: Evaluation): Promise<void> {
  const values = confusion.flatMap((row, truth) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return row.map((n, predicted) => ({
      truth: classes[truth],
      predicted: classes[predicted],
      count: n,
      share: total > 0 ? Number((n / total).toFixed(4)) : 0,
    }));
  });
  const axis = { type: "nominal", sort: null };
  const spec = {
    data: { values },
    width: { step: 36 },
    height: { step: 26 },
    encoding: {
      x: { ...axis, field: "predicted", title: "what the network says", axis: { labelAngle: -45 } },
      y: { ...axis, field: "truth", title: "what it is" },
    },
    layer: [
      {
        mark: { type: "rect", stroke: "#eee" },
        encoding: {
          color: {
            field: "share",
            type: "quantitative",
            scale: { range: ["#ffffff", "#08519c"], domain: [0, 1] },
            legend: { title: "share of row", format: ".0%" },
          },
        },
      },
      {
        mark: { type: "text", fontSize: 10 },
        transform: [{ filter: "datum.count > 0" }],
        encoding: {
          text: { field: "count", type: "quantitative" },
          color: { condition: { test: "datum.share > 0.5", value: "white" }, value: "#333" },
        },
      },
    ],
  };
  const rows = confusion.map((row, i) => [classes[i], ...row.map(String)]);
  await showChart(spec as unknown as ChartSpec, textTable([["true \\ said", ...classes], ...rows]));
}
