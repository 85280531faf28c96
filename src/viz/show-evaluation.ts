import type { Evaluation } from "../helpers";
import { PALETTE, showChart, type ChartSpec } from "./chart";
import { count, percent, textTable } from "./format";

const WIDTH = 420; // CSS px
const MANY_CLASSES = 30;

/** Shows how well a model does: the accuracy with its 95 % interval, and the accuracy of each class.
 * @throws Error where the evaluation has no classes.
 * @example
 * await showEvaluation(await evaluate(target, digits.test)); */
export async function showEvaluation(evaluation: Evaluation): Promise<void> {
  const { accuracy, loss, count: n, perClass } = evaluation;
  if (perClass.length === 0) throw new Error("Cannot show the evaluation: it has no classes.");
  const values = perClass.map((c) => ({
    name: c.name,
    accuracy: c.count > 0 ? c.accuracy : 0,
    figure: c.count > 0 ? percent(c.accuracy, 0) : "no examples",
  }));
  const x = {
    field: "accuracy",
    type: "quantitative",
    title: "accuracy of each class",
    axis: { format: ".0%", tickCount: 5 },
    scale: { domain: [0, 1] },
  };
  const y = { field: "name", type: "nominal", sort: null, title: null };
  const spec = {
    title: {
      text: headlineOf(evaluation),
      subtitle: `${count(n)} examples, loss ${loss.toFixed(2)} nats; the line is all classes together`,
    },
    width: WIDTH,
    height: { step: perClass.length > MANY_CLASSES ? 13 : 18 },
    layer: [
      { data: { values }, mark: { type: "bar", color: PALETTE[0] }, encoding: { x, y } },
      {
        data: { values },
        mark: { type: "text", align: "left", fontSize: 10, color: "#333" },
        encoding: { y, x: { value: WIDTH + 6 }, text: { field: "figure" } },
      },
      {
        data: { values: [{ accuracy }] },
        mark: { type: "rule", color: "#222", strokeWidth: 1.5 },
        encoding: { x },
      },
    ],
  };
  await showChart(spec as unknown as ChartSpec, evaluationTable(evaluation));
}

/** The same in words and columns of text. */
export function evaluationTable(evaluation: Evaluation): string {
  const rows = evaluation.perClass.map((c) => [c.name, percent(c.accuracy), count(c.count)]);
  return `${headlineOf(evaluation)}\n${textTable([["class", "accuracy", "examples"], ...rows])}`;
}

function headlineOf({ accuracy, low, high }: Evaluation): string {
  return `${percent(accuracy)} right (95 % interval ${percent(low)} to ${percent(high)})`;
}
