/** One request for a file: what comes, or why nothing does. */

/** The beginning of an answer. */
export interface Answer {
  /** Where its first byte belongs: 0, or where the request asked to go on. */
  from: number;
  /** The length of the whole file in bytes, where the server tells it. */
  total?: number;
  /** What the server calls this version of the file, where it calls it anything. */
  tag?: string;
}

/** Where the bytes go. */
export interface Sink {
  /** Called before the first byte; throws to refuse them. */
  begin(answer: Answer): void | Promise<void>;
  part(bytes: Uint8Array): void | Promise<void>;
}

export interface ReceiveOptions {
  /** The byte to begin with, because those before it are here already. */
  from?: number;
  signal?: AbortSignal;
  /** The longest silence to bear, in milliseconds. */
  timeoutMs?: number;
}

/** The server answered, and not with the file. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    statusText: string,
    /** How long the server asks to be left alone, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(`the server answered ${status} ${statusText}`.trim());
  }
}

/** Asks for a file, or for the rest of it, and hands on what arrives.
 * @returns Whether the address has such a file; false for 404.
 * @throws Refused where the server answers with something else; Error where it falls silent or breaks off. */
export async function receive(
  url: string,
  { from = 0, signal, timeoutMs = 30_000 }: ReceiveOptions,
  sink: Sink,
): Promise<boolean> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal?.reason);
  const giveUp = (): void => stop.abort(new Error(`nothing arrived for ${timeoutMs / 1000} s`));
  // An abort ends a fetch, but in Node 20 not always the reading of its body.
  const stopped = new Promise<never>((_, reject) =>
    stop.signal.addEventListener("abort", () => reject(stop.signal.reason as Error)),
  );
  stopped.catch(() => undefined); // whoever waits is told
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  let timer = setTimeout(giveUp, timeoutMs);
  try {
    // Without "identity" a server may unzip a .gz on its way.
    const headers = { "accept-encoding": "identity", ...(from > 0 && { range: `bytes=${from}-` }) };
    const response = await Promise.race([fetch(url, { signal: stop.signal, headers }), stopped]);
    if (response.status === 404) return false;
    if (!response.ok) throw new Refused(response.status, response.statusText, retryAfter(response));
    const answer = readAnswer(response, from);
    await sink.begin(answer);
    let done = answer.from;
    const reader = response.body?.getReader();
    for (let part; reader && !(part = await Promise.race([reader.read(), stopped])).done;) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeoutMs);
      await sink.part(part.value);
      done += part.value.length;
    }
    if (answer.total !== undefined && done !== answer.total)
      throw new Error(`${done} of ${answer.total} bytes arrived`);
    return true;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    stop.abort(); // lets go of an answer that nobody reads to its end
  }
}

/** A server that knows no ranges sends all of it again. */
function readAnswer({ status, headers }: Response, asked: number): Answer {
  const tag = headers.get("etag") ?? headers.get("last-modified") ?? undefined;
  const length = Number(headers.get("content-length"));
  const isZipped = !["identity", null].includes(headers.get("content-encoding")); // on its way, unasked
  if (status !== 206) return { from: 0, total: length > 0 && !isZipped ? length : undefined, tag };
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (Number(range?.[1]) !== asked || isZipped)
    throw new Error(`the server sent another part than the one from byte ${asked} on`);
  return { from: asked, total: range![2] === "*" ? asked + length : Number(range![2]), tag };
}

/** "Retry-After: 2" or a date. */
function retryAfter({ headers }: Response): number | undefined {
  const after = headers.get("retry-after");
  if (after === null) return undefined;
  const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** Whether the other side closed a connection that had been kept open since the last file. */
export function hungUp(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as { code?: string };
  return code === "UND_ERR_SOCKET" || code === "ECONNRESET";
}

/** `fetch` says "fetch failed" or "terminated" and hides why in the cause. */
export function readable(error: unknown): Error {
  const { message, cause } = error as Error & { cause?: Error & { code?: string } };
  const reason = cause?.code ?? cause?.message;
  return reason ? new Error(`${message} (${reason})`, { cause: error }) : (error as Error);
}
