import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { hungUp, readable, receive, Refused, type Answer } from "./receive";

/** A file that is to be had, and what is known of it. */
export interface WantedFile {
  url: string;
  /** Where it goes; its folder exists. */
  path: string;
  /** Its length, where it is known. */
  bytes?: number;
  /** The most that is taken of it. */
  maxBytes: number;
}

export interface FetchOptions {
  /** Told how much of the file is here. */
  onBytes?: (done: number) => void;
  signal?: AbortSignal;
  /** The longest silence to bear, in milliseconds. */
  timeoutMs?: number;
  /** The pause before the second attempt, in milliseconds; it doubles with each. */
  backOffMs?: number;
}

const ATTEMPTS = 4;
const LONGEST_WAIT = 30_000; // ms, whatever a server asks for

/** Downloads a file to the disk. It appears whole or not at all; what a broken download leaves beside it, as
 * `….partial`, is taken up by the next one, where the server's file is still the same.
 *
 * Too many requests (429), a server's failure (5xx) and a broken connection are tried again, after a pause.
 * @returns Whether the address has such a file; false for 404.
 * @throws Error where the file is of another length than it should be, or can't be had in four attempts; the
 *   signal's reason where it was stopped. */
export async function fetchFile(wanted: WantedFile, options: FetchOptions = {}): Promise<boolean> {
  const { onBytes, signal, backOffMs = 500 } = options;
  const here = await sizeOf(wanted.path);
  if (here !== undefined && (wanted.bytes ?? here) === here) {
    onBytes?.(here);
    return true;
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchRest(wanted, options);
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt === ATTEMPTS || !(await isWorthAnother(error, wanted))) throw readable(error);
      const asked = error instanceof Refused ? (error.retryAfterMs ?? 0) : 0;
      if (!(error instanceof Changed))
        await wait(Math.min(Math.max(asked, backOffMs * 2 ** (attempt - 1)), LONGEST_WAIT), null, { signal });
    }
  }
}

/** The part that is here belongs to another version of the file. */
class Changed extends Error {}

/** The file isn't the one that is wanted, and asking again won't mend it. */
export class Unwanted extends Error {}

async function isWorthAnother(error: unknown, { path }: WantedFile): Promise<boolean> {
  if (error instanceof Unwanted) return false;
  if (error instanceof Changed) return true;
  if (error instanceof Refused) return error.status === 429 || error.status >= 500;
  return hungUp(error) || (await sizeOf(`${path}.partial`)) !== undefined;
}

/** Asks for what is missing of a file, and gives it its name when it is whole. */
async function fetchRest(wanted: WantedFile, { onBytes, signal, timeoutMs }: FetchOptions): Promise<boolean> {
  const partial = `${wanted.path}.partial`;
  const known = await readPart(partial);
  let file: FileHandle | undefined;
  let done = 0;
  const sink = {
    async begin(answer: Answer): Promise<void> {
      if (answer.from > 0 && !isSameFile(answer, known)) {
        await forget(partial);
        throw new Changed("the file was replaced by another while it was downloaded");
      }
      checkLength(wanted, answer.total);
      done = answer.from;
      if (done === 0) await writeFile(`${partial}.json`, JSON.stringify(answer));
      file = await open(partial, done > 0 ? "a" : "w");
    },
    async part(bytes: Uint8Array): Promise<void> {
      done += bytes.length;
      checkLength(wanted, undefined, done);
      await file!.writeFile(bytes);
      onBytes?.(done);
    },
  };
  try {
    if (known?.size === known?.total && known)
      done = known.size; // whole, but not yet named
    else if (!(await receive(wanted.url, { from: known?.size, signal, timeoutMs }, sink))) return false;
    if (wanted.bytes !== undefined && done !== wanted.bytes)
      throw new Error(`${done} of ${wanted.bytes} bytes arrived`);
  } catch (error) {
    if (error instanceof Unwanted) await forget(partial);
    if (error instanceof Refused && error.status === 416) {
      await forget(partial); // there is no such part: the file has become shorter
      throw new Changed(error.message);
    }
    throw error;
  } finally {
    await file?.close();
  }
  await rename(partial, wanted.path);
  await forget(partial);
  return true;
}

function checkLength({ bytes, maxBytes }: WantedFile, total?: number, done = 0): void {
  if (bytes !== undefined && ((total ?? bytes) !== bytes || done > bytes))
    throw new Unwanted(`it has ${total ?? `more than ${bytes}`} bytes instead of ${bytes}`);
  if ((total ?? done) > maxBytes)
    throw new Unwanted(`it is longer than the ${maxBytes} bytes that are allowed`);
}

/** What is here of a file, and which version of it; undefined where it is nothing. */
async function readPart(partial: string): Promise<(Answer & { size: number }) | undefined> {
  const size = await sizeOf(partial);
  if (!size) return undefined;
  try {
    const answer = JSON.parse(await readFile(`${partial}.json`, "utf8")) as Answer;
    return { ...answer, size };
  } catch {
    return undefined; // nobody knows of which version it is
  }
}

function isSameFile(answer: Answer, known?: Answer): boolean {
  return answer.tag === known?.tag && answer.total === known?.total;
}

async function forget(partial: string): Promise<void> {
  await rm(partial, { force: true });
  await rm(`${partial}.json`, { force: true });
}

/** The length of a file in bytes, or undefined where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
