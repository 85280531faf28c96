/** How numbers are written. */

/** A share as a percentage: 0.8941 → "89.4 %". */
export function percent(share: number, digits = 1): string {
  return Number.isNaN(share) ? "–" : `${(100 * share).toFixed(digits)} %`;
}

/** A count with separators: 263210 → "263,210". */
export function count(n: number): string {
  return n.toLocaleString("en");
}

/** A change of parameters: 0 only where nothing changed at all. */
export function change(value: number): string {
  if (value === 0) return "0";
  return Math.abs(value) < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** Columns in line, the first to the left and the others to the right.
 * @param rows The first is the heading. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
