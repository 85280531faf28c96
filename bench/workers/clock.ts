/** Processor time of this process and time on the clock. */
import type { Turn } from "./job";

export interface Clock {
  cpuMs: number;
  wallMs: number;
}

export function clock(): Clock {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() };
}

export function between(from: Clock, to: Clock, work: number): Turn {
  return { work, cpuMs: to.cpuMs - from.cpuMs, wallMs: to.wallMs - from.wallMs };
}

/** How long some work took; it answers how much it did. */
export async function timed(work: () => Promise<number>): Promise<Turn> {
  const from = clock();
  const done = await work();
  return between(from, clock(), done);
}
