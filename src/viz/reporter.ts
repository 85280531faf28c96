/** Shows what the helpers report: lines, and one bar for each long piece of work. */
import type { Progress, Reporter } from "../helpers/report";
import { display, escapeHtml, inNotebook } from "./display";

const REFRESH_MS = 250;
const CELLS = 24;

/** In a notebook an output that changes in place; headless its last state only; in a terminal one line. */
export function notebookReporter(): Reporter {
  const terminal = terminalReporter();
  const bars = new Map<string, { id: string; start: number; drawn: number }>();
  let made = 0;
  return {
    line(message) {
      if (!inNotebook()) return terminal.line(message);
      display({
        "text/plain": message,
        "text/html": `<div style="color:#555">ℹ ${escapeHtml(message)}</div>`,
      });
    },
    progress(progress) {
      if (!inNotebook()) return terminal.progress(progress);
      const { task, done, total } = progress;
      const finished = total !== undefined && done >= total;
      if (process.env.TRANSFER_LAB_HEADLESS === "1") {
        if (finished) show(lastState(progress), finishedHtml(progress));
        return;
      }
      const now = Date.now();
      const known = bars.get(task);
      const bar = known ?? { id: `transfer-lab-${process.pid}-${made++}`, start: now, drawn: 0 };
      if (!known) bars.set(task, bar);
      if (!finished && now - bar.drawn < REFRESH_MS) return;
      const seconds = (now - bar.start) / 1000;
      const html = finished ? finishedHtml(progress) : liveHtml(progress, seconds);
      show(finished ? lastState(progress) : describe(progress, seconds), html, {
        id: bar.id,
        update: known !== undefined,
      });
      bar.drawn = now;
      if (finished) bars.delete(task);
    },
  };
}

function show(text: string, html: string, options: { id?: string; update?: boolean } = {}): void {
  display({ "text/plain": text, "text/html": html }, options);
}

/** One line on stderr that is redrawn on a terminal; in a log the last state only. */
export function terminalReporter(out: NodeJS.WriteStream = process.stderr): Reporter {
  const starts = new Map<string, number>();
  let drawn = 0;
  return {
    line: (message) => void out.write(`${out.isTTY ? "\r\x1b[2K" : ""}${message}\n`),
    progress(progress) {
      const { task, done, total } = progress;
      const now = Date.now();
      if (!starts.has(task)) starts.set(task, now);
      const finished = total !== undefined && done >= total;
      if (finished) {
        out.write(`${out.isTTY ? "\r\x1b[2K" : ""}${lastState(progress)}\n`);
        starts.delete(task);
      } else if (out.isTTY && now - drawn >= REFRESH_MS) {
        drawn = now;
        out.write(
          `\r\x1b[2K${describe(progress, (now - starts.get(task)!) / 1000).slice(0, (out.columns ?? 80) - 1)}`,
        );
      }
    },
  };
}

/** No times: saved notebooks hold this. */
function lastState({ task, done, unit, note }: Progress): string {
  return `${task}: ${quantity(done, unit)}${note ? `, ${note}` : ""}`;
}

function describe(progress: Progress, seconds: number): string {
  const { done, total } = progress;
  if (total === undefined) return `${lastState(progress)} ${rate(progress, seconds)}`;
  const full = Math.round((CELLS * done) / total);
  const bar = "█".repeat(full) + "░".repeat(CELLS - full);
  return `${progress.task} ${bar} ${Math.floor((100 * done) / total)} % ${rate(progress, seconds)}${progress.note ? ` · ${progress.note}` : ""}`;
}

function rate({ done, total, unit }: Progress, seconds: number): string {
  if (seconds < 1 || done === 0) return "";
  const speed = `${quantity(done / seconds, unit)}/s`;
  return total === undefined ? speed : `${speed}, ${duration(((total - done) * seconds) / done)} left`;
}

function quantity(amount: number, unit: string): string {
  if (unit === "bytes") return `${(amount / 2 ** 20).toFixed(1)} MB`;
  return `${amount >= 10 || Number.isInteger(amount) ? Math.round(amount) : amount.toFixed(1)} ${unit}`;
}

function duration(seconds: number): string {
  return seconds >= 90 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds)} s`;
}

function finishedHtml(progress: Progress): string {
  return `<div style="color:#555">✓ ${escapeHtml(lastState(progress))}</div>`;
}

function liveHtml(progress: Progress, seconds: number): string {
  const { task, done, total, note } = progress;
  const bar =
    total === undefined ? "" : `<progress value="${done}" max="${total}" style="width:220px"></progress>`;
  return `<div>${escapeHtml(task)} ${bar} ${escapeHtml([rate(progress, seconds), note].filter(Boolean).join(" · "))}</div>`;
}
