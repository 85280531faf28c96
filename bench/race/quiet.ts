/** Whether others use the machine. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

export interface Busy {
  /** How long all processors together have been at work since the machine started; hundredths of a second. */
  busyMs: number;
  /** When that was. */
  atMs: number;
}

/** Undefined where the system doesn't tell. */
export function busy(): Busy | undefined {
  if (process.platform !== "linux") return undefined;
  const [user, nice, system, , , irq, softIrq] = readFileSync("/proc/stat", "utf8")
    .match(/\d+/g)!
    .map(Number);
  return { busyMs: 10 * (user + nice + system + irq + softIrq), atMs: performance.now() };
}

/** The share of the processors' time that others may use during a turn. */
const QUIET = 0.05;

/** Whether a turn was quiet: others used less than a twentieth of the processors' time. True where nobody knows. */
export function wasQuiet(before: Busy | undefined, usedMs: number): boolean {
  const after = busy();
  if (before === undefined || after === undefined) return true;
  const others = after.busyMs - before.busyMs - usedMs;
  return others < Math.max(30, QUIET * (after.atMs - before.atMs) * availableParallelism());
}

/** How long a case waits for quiet turns altogether: bounded, or a busy machine would never be done. */
export class Patience {
  private spentMs = 0;

  constructor(private readonly limitMs: number) {}

  get isLeft(): boolean {
    return this.spentMs < this.limitMs;
  }

  /** Waits a second, and takes the turn that was for nothing into account. */
  async wait(turnMs: number): Promise<void> {
    this.spentMs += 1000 + turnMs;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
