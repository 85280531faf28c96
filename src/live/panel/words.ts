/** What is frozen, in the reader's words. */
import type { PanelRow, PanelSettings } from "./state";

/** @example wordsOf(rows, ["conv1", "norm1"], settings) // "up to conv1" */
export function wordsOf(
  rows: readonly PanelRow[],
  frozen: readonly string[],
  { then, continue: goOn }: Pick<PanelSettings, "then" | "continue">,
): string {
  return `${frozenInWords(rows, frozen)}${then ? ", changed on the way" : ""}${goOn ? ", continued" : ""}`;
}

function frozenInWords(rows: readonly PanelRow[], frozen: readonly string[]): string {
  if (frozen.length === 0) return "nothing (Option 2)";
  const count = ({ layers }: PanelRow): number => layers.filter((name) => frozen.includes(name)).length;
  const [whole, open] = [
    rows.filter((row) => count(row) === row.layers.length),
    rows.filter((row) => count(row) === 0),
  ];
  if (whole.length + open.length < rows.length) return frozen.join(", "); // some rows in part
  if (open.length === 1)
    return open[0] === rows.at(-1) ? "all but the head (Option 1)" : `all but ${open[0].name}`;
  const isPrefix = whole.every((row, i) => row === rows[i]);
  return isPrefix ? `up to ${whole.at(-1)!.name}` : whole.map(({ name }) => name).join(", ");
}
