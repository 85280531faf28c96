import type { Evaluation } from "../helpers";
import { showChart, type ChartSpec } from "./chart";
import { count, textTable } from "./format";

const SIDE = 430; // CSS px
const WIDEST_CELL = 36;
/** Cells narrower than this have no room for a count. */
const ROOM_FOR_COUNT = 21;
const MOST_COLUMNS_OF_TEXT = 20;

/** Shows which classes a model takes for which: a row for each true class, coloured by shares of the row.
 * @throws Error where the confusion matrix isn't square, or has no classes.
 * @example
 * await showConfusion(await evaluate(target, digits.test)); */
export async function showConfusion({
  classes,
  confusion,
}: Pick<Evaluation, "classes" | "confusion">): Promise<void> {
  const n = classes.length;
  if (n === 0 || confusion.length !== n || confusion.some((row) => row.length !== n))
    throw new Error(
      `Cannot show the confusion: it needs a row and a column for each class. Received: ${confusion.length} rows for ${n} classes.`,
    );
  const values = confusion.flatMap((row, truth) => {
    const total = row.reduce((sum, found) => sum + found, 0);
    return row.map((found, predicted) => ({
      truth: classes[truth],
      predicted: classes[predicted],
      count: found,
      share: total > 0 ? Number((found / total).toFixed(4)) : 0,
    }));
  });
  const mistakes = mostFrequentMistakes(classes, confusion, 10);
  const cell = Math.min(WIDEST_CELL, Math.max(4, Math.floor(SIDE / n)));
  const axis = n <= MOST_COLUMNS_OF_TEXT ? {} : { labelOverlap: true, ticks: false };
  const category = { type: "nominal", sort: null, scale: { domain: classes } };
  const spec = {
    title: {
      text: "Which class it takes for which",
      subtitle: mistakes.length > 0 ? `most often: ${mistakes[0]}` : "no mistakes",
    },
    data: { values },
    width: { step: cell },
    height: { step: Math.min(26, cell) },
    encoding: {
      x: {
        ...category,
        field: "predicted",
        title: "what the network says",
        axis: { ...axis, labelAngle: n <= MOST_COLUMNS_OF_TEXT ? -45 : -90 },
      },
      y: { ...category, field: "truth", title: "what it is", axis },
    },
    layer: [
      {
        mark: { type: "rect", stroke: "#e6e6e6", strokeWidth: cell >= ROOM_FOR_COUNT ? 1 : 0.25 },
        encoding: {
          color: {
            field: "share",
            type: "quantitative",
            scale: { range: ["#ffffff", "#08519c"], domain: [0, 1], interpolate: "rgb" },
            legend: { title: "share of row", format: ".0%" },
          },
        },
      },
      ...(cell >= ROOM_FOR_COUNT ? [counts(cell)] : []),
    ],
  };
  const rows = confusion.map((row, i) => [classes[i], ...row.map(String)]);
  const text = [
    ...(n <= MOST_COLUMNS_OF_TEXT ? [textTable([["true \\ said", ...classes], ...rows])] : []),
    mistakes.length > 0
      ? `Most frequent mistakes: ${mistakes.slice(0, n <= MOST_COLUMNS_OF_TEXT ? 3 : 10).join("; ")}.`
      : "No mistakes.",
  ];
  await showChart(spec as unknown as ChartSpec, text.join("\n"));
}

function counts(cell: number): object {
  return {
    mark: { type: "text", fontSize: cell >= 28 ? 10 : 8 },
    transform: [{ filter: "datum.count > 0" }],
    encoding: {
      text: { field: "count", type: "quantitative" },
      color: { condition: { test: "datum.share > 0.5", value: "white" }, value: "#333" },
    },
  };
}

/** Such as "cat taken for dog (150)", the most frequent first. */
function mostFrequentMistakes(
  classes: readonly string[],
  confusion: readonly (readonly number[])[],
  most: number,
): string[] {
  return confusion
    .flatMap((row, truth) => row.map((found, predicted) => ({ truth, predicted, found })))
    .filter(({ truth, predicted, found }) => truth !== predicted && found > 0)
    .sort((a, b) => b.found - a.found)
    .slice(0, most)
    .map(
      ({ truth, predicted, found }) => `${classes[truth]} taken for ${classes[predicted]} (${count(found)})`,
    );
}
