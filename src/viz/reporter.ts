/** Shows what the helpers report: lines, and one bar for each long piece of work. */
import type { Progress, Reporter } from "../helpers/report";
import { display, escapeHtml, inNotebook } from "./display";

const REFRESH_MS = 250;
const CELLS = 24;
const CLEAR_LINE = "\r\x1b[2K";

/** In a notebook an output that changes in place; headless its last state only; in a terminal one line. */
export function notebookReporter(): Reporter {
  const terminal = terminalReporter();
  const works = new Works();
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
      if (process.env.TRANSFER_LAB_HEADLESS === "1") {
        if (isFinished(progress)) show(lastState(progress), finishedHtml(progress));
        return;
      }
      const work = works.follow(progress);
      if (!work.due) return;
      const { id, update, speed } = work;
      if (isFinished(progress)) show(lastState(progress), finishedHtml(progress), { id, update });
      else show(describe(progress, speed), liveHtml(progress, speed), { id, update });
    },
  };
}

/** One line on stderr that is redrawn on a terminal; in a log the last state only. */
export function terminalReporter(out: NodeJS.WriteStream = process.stderr): Reporter {
  const works = new Works();
  const clear = out.isTTY ? CLEAR_LINE : "";
  return {
    line: (message) => void out.write(`${clear}${message}\n`),
    progress(progress) {
      const { due, speed } = works.follow(progress);
      if (isFinished(progress)) out.write(`${clear}${lastState(progress)}\n`);
      else if (out.isTTY && due)
        out.write(`${clear}${describe(progress, speed).slice(0, (out.columns ?? 80) - 1)}`);
    },
  };
}

interface Work {
  id: string;
  /** When it was first heard of, and how far it was then: resumed work doesn't begin at nothing. */
  start: number;
  from: number;
  done: number;
  drawn: number;
}

let made = 0;

/** The pieces of work under way, by name. */
class Works {
  private readonly known = new Map<string, Work>();

  /** Takes note of progress; tells whether it is time to draw, where, and the units done a second so far. */
  follow(progress: Progress): { id: string; due: boolean; update: boolean; speed: number } {
    const { task, done } = progress;
    const now = Date.now();
    const before = this.known.get(task);
    // What falls back has begun anew: work that was stopped never says so.
    const goesOn = before !== undefined && done >= before.done;
    const work = goesOn
      ? before
      : { id: `transfer-lab-${process.pid}-${made++}`, start: now, from: done, done, drawn: 0 };
    work.done = done;
    this.known.set(task, work);
    if (isFinished(progress)) this.known.delete(task);
    const due = isFinished(progress) || now - work.drawn >= REFRESH_MS;
    if (due) work.drawn = now;
    const seconds = (now - work.start) / 1000;
    return { id: work.id, due, update: goesOn, speed: seconds < 1 ? 0 : (done - work.from) / seconds };
  }
}

function isFinished({ done, total }: Progress): boolean {
  return total !== undefined && done >= total;
}

function show(text: string, html: string, options: { id?: string; update?: boolean } = {}): void {
  display({ "text/plain": text, "text/html": html }, options);
}

/** No times: saved notebooks hold this. */
function lastState({ task, done, unit, note }: Progress): string {
  return `${task}: ${quantity(done, unit)}${note ? `, ${note}` : ""}`;
}

function describe(progress: Progress, speed: number): string {
  const { task, done, total, note } = progress;
  if (total === undefined) return `${lastState(progress)} ${pace(progress, speed)}`.trimEnd();
  const full = Math.round((CELLS * done) / total);
  const bar = "█".repeat(full) + "░".repeat(CELLS - full);
  const parts = [`${task} ${bar} ${Math.floor((100 * done) / total)} %`, pace(progress, speed), note];
  return parts.filter(Boolean).join(" · ");
}

/** How fast, and how long still; empty where it is too early to tell. */
function pace({ done, total, unit }: Progress, speed: number): string {
  if (speed <= 0) return "";
  const rate = `${quantity(speed, unit)}/s`;
  return total === undefined ? rate : `${rate}, ${duration((total - done) / speed)} left`;
}

function quantity(amount: number, unit: string): string {
  if (unit === "bytes") return `${(amount / 2 ** 20).toFixed(1)} MB`;
  const precise = amount >= 10 || Number.isInteger(amount) ? 0 : amount >= 0.1 ? 1 : 2;
  return `${amount.toFixed(precise)} ${unit}`;
}

function duration(seconds: number): string {
  return seconds >= 90 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds)} s`;
}

function finishedHtml(progress: Progress): string {
  return `<div style="color:#555">✓ ${escapeHtml(lastState(progress))}</div>`;
}

function liveHtml(progress: Progress, speed: number): string {
  const { task, done, total, unit, note } = progress;
  const bar =
    total === undefined
      ? quantity(done, unit)
      : `<progress value="${done}" max="${total}" style="width:220px"></progress> ${Math.floor((100 * done) / total)} %`;
  const words = [pace(progress, speed), note].filter(Boolean).join(" · ");
  return `<div>${escapeHtml(task)} ${bar} ${escapeHtml(words)}</div>`;
}
