import { reportProgress, type ProgressListener } from "../report";
import { hungUp, readable, receive, Refused } from "./receive";

export interface DownloadOptions {
  /** What the bar is called. */
  task: string;
  progress?: ProgressListener;
  signal?: AbortSignal;
  /** The longest silence to bear, in milliseconds. */
  timeoutMs?: number;
}

const ATTEMPTS = 3; // a connection may break, and the rest is asked for again

/** Downloads a file into memory; an interrupted download leaves nothing on the disk.
 *
 * A connection that breaks in the middle is taken up again where it broke.
 * @returns The bytes, or undefined where the address has no such file (404).
 * @throws Error where the server fails, falls silent, or breaks off each time; the signal's reason where it was
 *   stopped. */
export async function download(url: string, options: DownloadOptions): Promise<Uint8Array | undefined> {
  const { task, progress = reportProgress, signal, timeoutMs } = options;
  const received: Uint8Array[] = [];
  let done = 0;
  let total: number | undefined;
  const sink = {
    begin(answer: { from: number; total?: number }): void {
      if (answer.from === 0) received.length = 0; // the server sends all of it again
      done = answer.from;
      total = answer.total;
    },
    part(bytes: Uint8Array): void {
      received.push(bytes);
      done += bytes.length;
      progress({ task, done, total, unit: "bytes" });
    },
  };
  for (let attempt = 1; ; attempt++) {
    try {
      const whole = await receive(url, { from: done, signal, timeoutMs }, sink);
      return whole ? Buffer.concat(received) : undefined;
    } catch (error) {
      signal?.throwIfAborted();
      const isWorthIt = received.length > 0 || hungUp(error); // nothing else is likely to go better
      if (attempt === ATTEMPTS || !isWorthIt || error instanceof Refused) throw readable(error);
    }
  }
}
