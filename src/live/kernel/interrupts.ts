/** Who is to be told of an interrupt, and which work began before it. */
import { setMaxListeners } from "node:events";
import { showError } from "./show-error";

export class Interrupts {
  private count = 0;
  private controller = freshController();
  private readonly listeners = new Set<() => void>();

  /** How many interrupts there were so far: work keeps the number at which it began. */
  get soFar(): number {
    return this.count;
  }

  /** A signal for work that began after `begun` interrupts; aborted already where another came since. */
  signal(begun: number): AbortSignal {
    return begun < this.count ? AbortSignal.abort(reason()) : this.controller.signal;
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Aborts every signal handed out so far and calls every listener. */
  fire(): void {
    this.count++;
    const { controller } = this;
    this.controller = freshController();
    controller.abort(reason());
    for (const listener of [...this.listeners])
      try {
        listener();
      } catch (error) {
        showError(error, __filename);
      }
  }
}

function freshController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // all work of a notebook listens to one
  return controller;
}

function reason(): DOMException {
  return new DOMException("Interrupted.", "AbortError");
}
