/** Bars in notebooks, each with a button that ends the work as Jupyter's interrupt does. */
import type { Reporter } from "../../helpers/report";
import { notebookReporter, type BarControl } from "../../viz";
import { interruptWork, kernelComms, onInterrupt, onWorkEnd } from "../kernel";
import { viewFiles, Widget } from "../widget";

interface BarState {
  task: string;
  done: number;
  /** Null where it cannot be known. */
  total: number | null;
  words: string;
}

/** A bar with a Stop button; the output turns into a plain line when the work is over. */
export class ProgressBar extends Widget<BarState> {
  constructor() {
    super({ task: "", done: 0, total: null, words: "" }, viewFiles("progress"));
    this.onMessage((content) => {
      if (content === "stop") interruptWork();
    });
  }
}

/** What a notebook's reader sees of long work; where pages can send messages, with a Stop button. */
export function liveReporter(): Reporter {
  return notebookReporter({ control: barControl });
}

function barControl(stopped: () => void, ended: () => void): BarControl | undefined {
  if (!kernelComms()) return undefined;
  const bar = new ProgressBar();
  const view = bar.open();
  const offs = [onInterrupt(stopped), onWorkEnd(ended)];
  return {
    view,
    tell: ({ task, done, total = null }, words) => bar.set({ task, done, total, words }),
    close() {
      for (const off of offs) off();
      bar.close();
    },
  };
}
