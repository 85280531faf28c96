/** How the helpers speak: they draw nothing; whoever shows the words sets a reporter. */
import { AsyncLocalStorage } from "node:async_hooks";

/** The state of a long piece of work. `total` is undefined where it cannot be known. */
export interface Progress {
  /** What is being done, e.g. `"Downloading mnist"`; one bar per name. */
  task: string;
  /** Units done so far. */
  done: number;
  total?: number;
  /** What is counted: `"bytes"`, `"steps"`, `"images"`, `"trials"`. */
  unit: string;
  /** A short live figure, e.g. `"loss 0.31"`. */
  note?: string;
}

export type ProgressListener = (progress: Progress) => void;

export interface Reporter {
  /** One line that the reader must see, e.g. that pen-digits stands in for mnist. */
  line(message: string): void;
  progress: ProgressListener;
}

const plain: Reporter = { line: (message) => console.log(message), progress: () => {} };
let current: Reporter = plain;

/** Sets who shows lines and progress; called without an argument it restores plain `console.log`. */
export function setReporter(reporter: Reporter = plain): void {
  current = reporter;
}

/** Says one line to the reader. */
export function report(message: string): void {
  current.line(message);
}

/** Tells the reader how far a long piece of work has come. */
export function reportProgress(progress: Progress): void {
  (aside.getStore() ?? current.progress)(progress);
}

const aside = new AsyncLocalStorage<ProgressListener>();

/** Does some work whose progress goes to `listener` alone: a widget shows it in its own place. */
export function withProgress<Result>(listener: ProgressListener, work: () => Result): Result {
  return aside.run(listener, work);
}
