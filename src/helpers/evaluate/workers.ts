/** How many processes an experiment is worth. */
import { availableParallelism } from "node:os";

/** `"auto"`, or how many; 1 runs all in this process. */
export type Workers = number | "auto";

/** What a process takes at most as a rule: TensorFlow, the test part, the features of a trial. */
const BYTES_EACH = 1e9;

/** Measured: below that, what several processes save is less than what it takes to start them. */
const WORTH_MS = 15_000;

/** @throws RangeError for anything else than `"auto"` or a whole number from 1 up. */
export function checkWorkers(workers: Workers): void {
  if (workers !== "auto" && !(Number.isInteger(workers) && workers >= 1))
    throw new RangeError(
      `Cannot run trials in ${JSON.stringify(workers)} processes: say "auto", or a whole number from 1 up.`,
    );
}

/** The processes for the trials that are left.
 * @param spentMs What those that ran here took together; the ones that are left are not shorter as a rule. */
export function workersFor(
  workers: Workers,
  { left, ran, spentMs }: { left: number; ran: number; spentMs: number },
): number {
  if (workers !== "auto") return Math.min(workers, left);
  if (ran === 0 || (spentMs / ran) * left < WORTH_MS) return 1;
  const byMemory = Math.floor((0.8 * process.availableMemory()) / BYTES_EACH);
  return Math.max(1, Math.min(availableParallelism(), byMemory, left));
}
