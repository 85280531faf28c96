import { display, escapeHtml } from "./display";
import { percent } from "./format";

/** States a claim and whether it holds. The headless runner counts it; one that fails fails the cell.
 * @throws Error where the claim doesn't hold.
 * @throws TypeError where `passed` is neither true nor false, such as a promise that nobody awaited.
 * @example
 * check("It names most digits rightly", accuracy > 0.5); */
export function check(claim: string, passed: boolean, detail?: string): void {
  if (typeof passed !== "boolean")
    throw new TypeError(`Cannot check "${claim}": it is true or false. Received: ${String(passed)}.`);
  const text = `${passed ? "✓" : "✗"} ${claim}${detail ? ` (${detail})` : ""}`;
  const color = passed ? "#1a7f37" : "#c0392b";
  display({
    "text/plain": text,
    "text/html": `<div style="color:${color}">${escapeHtml(text)}</div>`,
    "application/vnd.transfer-lab.check+json": { claim, passed, ...(detail && { detail }) },
  });
  if (!passed) throw new Error(`Check failed: ${claim}${detail ? ` (${detail})` : ""}`);
}

export interface FigureOptions {
  /** How far another run may be off and still agree. */
  tolerance: number;
  /** `"share"` (0…1) is written as a percentage; any other unit stands behind the number. */
  unit?: string;
}

/** Reports a measured figure. The headless runner compares it with the one on record.
 * @throws RangeError where the value or the tolerance is no finite number.
 * @example
 * figure("accuracy with 50 digits", accuracy, { tolerance: 0.03 }); */
export function figure(name: string, value: number, { tolerance, unit = "share" }: FigureOptions): void {
  if (!Number.isFinite(value) || !(tolerance >= 0 && tolerance < Infinity))
    throw new RangeError(
      `Cannot report "${name}": value and tolerance are finite numbers, the tolerance not negative. Received: ${value}, ${tolerance}.`,
    );
  const written = unit === "share" ? percent(value) : `${Number(value.toPrecision(4))} ${unit}`.trim();
  display({
    "text/plain": `${name}: ${written}`,
    "text/html": `<div>${escapeHtml(name)}: <b>${escapeHtml(written)}</b></div>`,
    "application/vnd.transfer-lab.figure+json": { name, value, tolerance, unit },
  });
}
