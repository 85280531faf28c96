/** The README's table. */
import { CASES, isExtra, isOurs } from "../cases";
import type { Row } from "../race/results";
import type { Report } from "./report";

export const BEGIN = "<!-- bench: begin -->";
export const END = "<!-- bench: end -->";

const seconds = (ms: number): string => (ms < 995 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`);

function speed({ unit, perSecond }: Row): string {
  return unit === "images"
    ? `${Math.round(perSecond).toLocaleString("en")} images/s`
    : seconds(1000 / perSecond);
}

function cell(row: Row | undefined): string {
  if (!row) return "–";
  if (row.contender === "ours-lab") return `**${speed(row)}**`;
  const { ratio, withheld } = row;
  const beside = ratio ? `× ${ratio.median.toFixed(2)}` : `withheld: ${withheld}`;
  return `${speed(row)} (${beside})`;
}

/** A row for each contender of each case, a column for each number of cores; behind a contender's speed, how many
 * times as fast this package is. */
export function markdownTable({ rows, machine, versions }: Report): string {
  const cores = [...new Set(rows.map((row) => row.cores))].sort((a, b) => a - b);
  const heads = cores.map((n) => (n === 1 ? "1 core" : `${n} cores`));
  const lines = [
    `| | | ${heads.join(" | ")} | memory |`,
    `| --- | --- | ${heads.map(() => "---:").join(" | ")} | ---: |`,
  ];
  for (const { name, title } of CASES) {
    const own = rows.filter((row) => row.case === name);
    [...new Set(own.map((row) => row.contender))].forEach((contender, i) => {
      const cells = cores.map((n) => own.find((row) => row.contender === contender && row.cores === n));
      const peaks = cells.flatMap((row) => (row?.peakMB ? [row.peakMB] : []));
      const label = own.find((row) => row.contender === contender)!.label;
      const shown = isOurs(contender) ? `**${label}**` : isExtra(contender) ? `_${label}_` : label;
      const memory = peaks.length > 0 ? `${Math.max(...peaks)} MB` : "–";
      lines.push(`| ${i === 0 ? title : ""} | ${shown} | ${cells.map(cell).join(" | ")} | ${memory} |`);
    });
  }
  return `${lines.join("\n")}\n\n${foot({ machine, versions })}`;
}

function foot({ machine, versions }: Pick<Report, "machine" | "versions">): string {
  const { cpu, cores, memoryGB, features } = machine;
  const with_ = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Measured on ${cpu}, ${cores} cores, ${memoryGB} GB${features.length ? ` (${features.join(", ")})` : ""}, with ${with_.join(", ")}.`;
}

/** A text with another table between its two markers.
 * @throws Error where the text has no markers. */
export function replaceTable(text: string, table: string): string {
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (start < 0 || end < start)
    throw new Error(`Cannot replace the table: the file has no "${BEGIN}" with "${END}" behind it.`);
  return `${text.slice(0, start + BEGIN.length)}\n\n${table}\n\n${text.slice(end)}`;
}
