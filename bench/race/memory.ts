/** How much memory a process and those that it starts hold at most. */
import { readFileSync } from "node:fs";

const EVERY_MS = 500;

function statusMB(pid: number, field: "VmHWM" | "VmRSS"): number {
  try {
    const [, kB] = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
    return Number(kB) / 1024;
  } catch {
    return 0; // it has ended, or this is no Linux
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return text === "" ? [] : text.split(" ").map(Number);
  } catch {
    return [];
  }
}

function treeMB(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + treeMB(child), statusMB(pid, "VmRSS"));
}

/** The peak of a process as the system counts it, and with its children as seen from time to time. */
export class MemoryWatch {
  private seenMB = 0;

  constructor(private readonly pid: number) {}

  /** Looks while some work goes on, and at its end. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    const timer = setInterval(() => this.look(), EVERY_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      this.look();
    }
  }

  private look(): void {
    this.seenMB = Math.max(this.seenMB, statusMB(this.pid, "VmHWM"), treeMB(this.pid));
  }

  /** In MB; undefined where the system doesn't tell. */
  get peakMB(): number | undefined {
    return this.seenMB || undefined;
  }
}

const TICK_MS = 10;

/** Processor time of a process since it started, and of its children that have ended: the system counts it in
 * hundredths of a second. 0 where it doesn't tell. */
export function processorMs(pid: number): { own: number; children: number } {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ").map(Number);
    const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15);
    return { own: TICK_MS * (user + system), children: TICK_MS * (childrenUser + childrenSystem) };
  } catch {
    return { own: 0, children: 0 };
  }
}
