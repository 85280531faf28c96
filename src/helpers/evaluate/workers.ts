/** How many processes an experiment is worth. */
import { availableParallelism } from "node:os";

/** `"auto"`, as many as there are cores and free memory for; or how many. */
export type Workers = number | "auto";

/** What a process takes at most as a rule: TensorFlow, the test part, the features of a trial. */
const BYTES_EACH = 1e9;

/** @throws RangeError for anything else than `"auto"` or a whole number from 1 up. */
export function checkWorkers(workers: Workers): void {
  if (workers !== "auto" && !(Number.isInteger(workers) && workers >= 1))
    throw new RangeError(
      `Cannot run trials in ${JSON.stringify(workers)} processes: say "auto", or a whole number from 1 up.`,
    );
}

/** The processes for the trials that are left. */
export function workersFor(workers: Workers, left: number): number {
  if (workers !== "auto") return Math.min(workers, left);
  const byMemory = Math.floor((0.8 * process.availableMemory()) / BYTES_EACH);
  return Math.max(1, Math.min(availableParallelism(), byMemory, left));
}
