import { reportProgress, type ProgressListener } from "../report";

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
  const received: Uint8Array[] = [];
  for (let attempt = 1; ; attempt++) {
    try {
      const whole = await receive(url, received, options);
      return whole ? Buffer.concat(received) : undefined;
    } catch (error) {
      options.signal?.throwIfAborted();
      const isWorthIt = received.length > 0 || hungUp(error); // nothing else is likely to go better
      if (attempt === ATTEMPTS || !isWorthIt || error instanceof Refused) throw readable(error);
    }
  }
}

class Refused extends Error {}

/** Appends what arrives to `received`; false where there is no such file. */
async function receive(
  url: string,
  received: Uint8Array[],
  { task, progress = reportProgress, signal, timeoutMs = 30_000 }: DownloadOptions,
): Promise<boolean> {
  const silence = new AbortController();
  const giveUp = (): void => silence.abort(new Error(`nothing arrived for ${timeoutMs / 1000} s`));
  let timer = setTimeout(giveUp, timeoutMs);
  try {
    let done = received.reduce((sum, part) => sum + part.length, 0);
    const response = await fetch(url, {
      signal: AbortSignal.any(signal ? [signal, silence.signal] : [silence.signal]),
      // Without "identity" a server may unzip a .gz on its way.
      headers: { "accept-encoding": "identity", ...(done > 0 && { range: `bytes=${done}-` }) },
    });
    if (response.status === 404) return false;
    if (!response.ok)
      throw new Refused(`the server answered ${response.status} ${response.statusText}`.trim());
    if (done > 0 && !continues(response, done)) {
      received.length = 0; // the server sends all of it again
      done = 0;
    }
    const length = Number(response.headers.get("content-length"));
    const total = length > 0 ? done + length : undefined;
    for await (const part of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeoutMs);
      received.push(part as Uint8Array);
      done += (part as Uint8Array).length;
      progress({ task, done, total, unit: "bytes" });
    }
    if (total !== undefined && done !== total) throw new Error(`${done} of ${total} bytes arrived`);
    return true;
  } finally {
    clearTimeout(timer);
  }
}

function continues(response: Response, done: number): boolean {
  return response.status === 206 && !!response.headers.get("content-range")?.startsWith(`bytes ${done}-`);
}

/** Whether the other side closed a connection that had been kept open since the last file. */
function hungUp(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as { code?: string };
  return code === "UND_ERR_SOCKET" || code === "ECONNRESET";
}

/** `fetch` says "fetch failed" or "terminated" and hides why in the cause. */
function readable(error: unknown): Error {
  const { message, cause } = error as Error & { cause?: Error & { code?: string } };
  const reason = cause?.code ?? cause?.message;
  return reason ? new Error(`${message} (${reason})`, { cause: error }) : (error as Error);
}
