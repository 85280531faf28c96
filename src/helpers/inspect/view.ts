/** How much of a picture has to be shown to know what units in the middle of it answer. */
import type { InputSpec } from "../data";
import type { Step } from "../model";
import { cuttable, cutSteps } from "./cut-steps";
import { fieldIfKnown, shapesOf } from "./receptive-field";
import type { ResponseStep } from "./response-step";

/** How far from the centre of the picture an answer may come from, in px: the window is twice as wide. */
const REACH = 2;

/** Pictures to show, and where in the maps of each step their middle is. */
export interface View {
  input: InputSpec;
  /** For each step how many rows and columns in the middle of its map count. */
  windows: { rows: number; columns: number }[];
}

/** The whole picture. */
export function wholeView(graph: readonly Step[], steps: readonly ResponseStep[], input: InputSpec): View {
  const shapes = shapesOf(graph, input);
  const windows = steps.map(({ step }) => ({
    rows: middle(shapes[step][0], input.height),
    columns: middle(shapes[step][1], input.width),
  }));
  return { input, windows };
}

/** As much from the middle of the picture as the units in the middle of the maps see: their answers are the same,
 * and come much sooner where a picture is large. All of it where they see its border, or it can't be told. */
export function centralView(graph: readonly Step[], steps: readonly ResponseStep[], input: InputSpec): View {
  const whole = wholeView(graph, steps, input);
  const fields = steps.map(({ step }) => fieldIfKnown(graph, step, input));
  const last = Math.max(...steps.map(({ step }) => step));
  if (fields.some((field) => !field)) return whole;

  const spareRows = fields.map((field, i) => {
    const [first, end] = ends(field!.rows, whole.windows[i].rows);
    return Math.min(field!.at(first, 0).top, input.height - field!.at(end, 0).bottom);
  });
  const spareColumns = fields.map((field, i) => {
    const [first, end] = ends(field!.columns, whole.windows[i].columns);
    return Math.min(field!.at(0, first).left, input.width - field!.at(0, end).right);
  });
  const [down, across] = cutSteps(graph.slice(0, last + 1), input);
  const top = cuttable(Math.min(...spareRows), down);
  const left = cuttable(Math.min(...spareColumns), across);
  const { height, width } = input;
  return { ...whole, input: { ...input, height: height - 2 * top, width: width - 2 * left } };
}

/** How many cells of a row of a map its middle is: at least one, or two where their number is even. */
function middle(cells: number, pixels: number): number {
  const least = cells % 2 === 0 ? 2 : 1;
  const wanted = (2 * REACH * cells) / pixels;
  return Math.min(cells, least + 2 * Math.max(0, Math.round((wanted - least) / 2)));
}

/** The first and the last cell of the middle. */
function ends(cells: number, window: number): [number, number] {
  return [(cells - window) / 2, (cells + window) / 2 - 1];
}
