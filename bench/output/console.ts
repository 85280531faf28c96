/** Rows for those who watch. */
import type { Row } from "../race/results";

const times = (value: number): string => value.toFixed(2);

function line(row: Row): string {
  const { label, perSecond, unit, wallMs, cpuMs, ratio, withheld, reached, peakMB, turns, quietTurns } = row;
  const speed =
    unit === "images"
      ? `${perSecond.toFixed(0)} images/s`
      : `${(1 / perSecond).toFixed(2)} s by ${row.clock}`;
  const beside = ratio
    ? `ours is ${times(ratio.median)} (${times(ratio.low)}–${times(ratio.high)}) times as fast`
    : `withheld: ${withheld}`;
  return [
    `  ${label.padEnd(40)} ${speed.padStart(15)}`,
    `clock ${wallMs.median.toFixed(0)}, cpu ${cpuMs.median.toFixed(0)} ms`,
    beside,
    reached,
    ...(peakMB ? [`${peakMB} MB`] : []),
    ...(quietTurns < turns ? [`${quietTurns} of ${turns} turns quiet`] : []),
    ...(row.detail ? [row.detail] : []),
  ].join("; ");
}

export function consoleTable(rows: readonly Row[]): string {
  return rows.map(line).join("\n");
}
