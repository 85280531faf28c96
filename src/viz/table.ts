import { display, escapeHtml } from "./display";
import { textTable } from "./format";

export interface TableOptions {
  title?: string;
  /** Rows to set apart, by index; those of frozen layers, say. */
  shaded?: (row: number) => boolean;
}

/** Shows a table: HTML in a notebook, columns of text elsewhere.
 * @param rows The first is the heading; the first column is to the left, the others to the right. */
export function showTable(
  rows: readonly (readonly string[])[],
  { title, shaded = () => false }: TableOptions = {},
): void {
  const [heading, ...body] = rows;
  const cell = (tag: string, text: string, column: number): string =>
    `<${tag} style="text-align:${column === 0 ? "left" : "right"};padding:2px 12px">${escapeHtml(text)}</${tag}>`;
  const line = (tag: string, row: readonly string[], style = ""): string =>
    `<tr${style}>${row.map((text, column) => cell(tag, text, column)).join("")}</tr>`;
  const html = [
    title ? `<div style="font-weight:bold;margin-bottom:4px">${escapeHtml(title)}</div>` : "",
    `<table style="border-collapse:collapse"><thead>${line("th", heading)}</thead><tbody>`,
    ...body.map((row, i) => line("td", row, shaded(i) ? ' style="opacity:0.55"' : "")),
    "</tbody></table>",
  ].join("");
  const text = `${title ? `${title}\n` : ""}${textTable(rows)}`;
  display({ "text/html": html, "text/plain": text });
}
