/** Shows what the helpers report: lines, and one bar for each long piece of work. */
import type { Progress, Reporter } from "../helpers/report";
import { display, escapeHtml, inNotebook } from "./display";

const REFRESH_MS = 250;
const CELLS = 24;
const CLEAR_LINE = "\r\x1b[2K";

/** Something beside a bar that the reader can press. */
export interface BarControl {
  /** MIME type → content: what shows the bar in place of HTML. */
  view: Record<string, unknown>;
  /** Tells how far the work is. */
  tell(progress: Progress, words: string): void;
  /** The work is over. */
  close(): void;
}

export interface NotebookReporterOptions {
  /** Makes what the reader can press, where pages can send messages.
   * @param stopped To be called when the work was told to end.
   * @param ended To be called when the cell that does the work has ended, as by an error. */
  control?(stopped: () => void, ended: () => void): BarControl | undefined;
}

/** In a notebook an output that changes in place; headless its last state only; in a terminal one line. */
export function notebookReporter({ control }: NotebookReporterOptions = {}): Reporter {
  const terminal = terminalReporter();
  const works = new Works();
  const controls = new Map<string, BarControl>();
  const close = (id: string): void => {
    controls.get(id)?.close();
    controls.delete(id);
  };
  const stop = (task: string, id: string): void => {
    const last = works.stop(task);
    if (last) show(stoppedState(last), stoppedHtml(last), { id, update: true });
    close(id);
  };
  /** Work that ends with an error doesn't say so: its cell has ended before it was done. */
  const end = (task: string, id: string): void => {
    const last = works.end(task);
    if (last) show(endedState(last), endedHtml(last), { id, update: true });
    close(id);
  };
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
      if (isFinished(progress)) {
        show(lastState(progress), finishedHtml(progress), { id, update });
        return close(id);
      }
      const known = controls.get(id);
      if (known) return known.tell(progress, words(progress, speed));
      const made = update
        ? undefined
        : control?.(
            () => stop(progress.task, id),
            () => end(progress.task, id),
          );
      if (made) controls.set(id, made);
      made?.tell(progress, words(progress, speed));
      show(describe(progress, speed), liveHtml(progress, speed), { id, update }, made?.view);
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
  last: Progress;
  /** When it was told to end. */
  stopped?: number;
}

/** How long what was told to end may still say how far it is, in ms. */
const ENDING_MS = 3000;

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
    if (goesOn && before.stopped !== undefined && now - before.stopped < ENDING_MS)
      return { id: before.id, due: false, update: true, speed: 0 };
    const work: Work =
      goesOn && before.stopped === undefined
        ? before
        : {
            id: `transfer-lab-${process.pid}-${made++}`,
            start: now,
            from: done,
            done,
            drawn: 0,
            last: progress,
          };
    work.done = done;
    work.last = progress;
    this.known.set(task, work);
    if (isFinished(progress)) this.known.delete(task);
    const due = isFinished(progress) || now - work.drawn >= REFRESH_MS;
    if (due) work.drawn = now;
    const seconds = (now - work.start) / 1000;
    return {
      id: work.id,
      due,
      update: work === before,
      speed: seconds < 1 ? 0 : (done - work.from) / seconds,
    };
  }

  /** Notes that work was told to end; returns how far it was. */
  stop(task: string): Progress | undefined {
    const work = this.known.get(task);
    if (work) work.stopped = Date.now();
    return work?.last;
  }

  /** Forgets work that is over without being done; returns how far it was. */
  end(task: string): Progress | undefined {
    const work = this.known.get(task);
    this.known.delete(task);
    return work?.last;
  }
}

function isFinished({ done, total }: Progress): boolean {
  return total !== undefined && done >= total;
}

function show(
  text: string,
  html: string,
  options: { id?: string; update?: boolean } = {},
  view: Record<string, unknown> = {},
): void {
  display({ "text/plain": text, "text/html": html, ...view }, options);
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

/** Where work was told to end. Training keeps what it has. */
function stoppedState(progress: Progress): string {
  const kept = progress.unit === "steps" && progress.note?.startsWith("loss");
  return `${progress.task}: stopped at ${reached(progress)}${kept ? "; the model is as trained so far" : ""}.`;
}

function reached({ done, total, unit }: Progress): string {
  return unit === "bytes" ? quantity(done, unit) : `${done}${total ? ` of ${total}` : ""} ${unit}`;
}

function endedState(progress: Progress): string {
  return `${progress.task}: ended at ${reached(progress)}, before it was done.`;
}

function endedHtml(progress: Progress): string {
  return `<div style="color:#555">✗ ${escapeHtml(endedState(progress))}</div>`;
}

function stoppedHtml(progress: Progress): string {
  return `<div style="color:#555">■ ${escapeHtml(stoppedState(progress))}</div>`;
}

function words(progress: Progress, speed: number): string {
  const { done, total, unit, note } = progress;
  const far = total === undefined ? quantity(done, unit) : `${Math.floor((100 * done) / total)} %`;
  return [far, pace(progress, speed), note].filter(Boolean).join(" · ");
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
