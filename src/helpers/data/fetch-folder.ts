import { createHash } from "node:crypto";
import { mkdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { reportProgress, type ProgressListener } from "../report";
import { fetchFile, Unwanted, type FetchOptions } from "./fetch-file";
import { claimWorkFolder, publishFolder } from "./work-folder";

/** A file that belongs to a folder on the web. */
export interface ListedFile {
  /** Its path in the folder; whoever lists it has made sure that it stays inside. */
  name: string;
  /** Its length, where it is known. */
  bytes?: number;
  /** The most that is taken of it. */
  maxBytes: number;
}

export interface FileList {
  files: ListedFile[];
  totalBytes: number;
}

export interface FolderOptions extends Omit<FetchOptions, "onBytes"> {
  /** The file that says which others there are, e.g. `"model.json"`. */
  index: string;
  /** The address of a file. */
  urlOf: (name: string) => string;
  /** Reads the index: the other files, and how long they are in all. @throws Error where it is none. */
  list: (index: Buffer) => FileList;
  /** Looks at the folder before it appears. @throws Error where something is wrong with it. */
  check: (folder: string) => Promise<void>;
  /** The most that is downloaded, in bytes. */
  maxBytes: number;
  /** What the bar is called. */
  task: string;
  progress?: ProgressListener;
}

const AT_ONCE = 6; // as many connections to a server as a browser opens

/** Downloads a folder: an index, and the files that it names, several at a time under one bar.
 *
 * It appears whole and checked, or not at all; what a broken download leaves is taken up by the next one.
 * @param target Where the folder goes; one that stands there is replaced.
 * @returns Whether the address has such a folder: false where there is no index.
 * @throws Error that names the file, where one can't be had, is damaged or is too large; the signal's reason
 *   where it was stopped. */
export async function fetchFolder(target: string, options: FolderOptions): Promise<boolean> {
  for (let other; (other = running.get(target));) if (await other.catch(() => false)) return true;
  const work = fetchInto(target, options).finally(() => running.delete(target));
  running.set(target, work);
  return await work;
}

/** What this process is downloading now; who wants the same waits for it. */
const running = new Map<string, Promise<boolean>>();

async function fetchInto(target: string, options: FolderOptions): Promise<boolean> {
  const { index, urlOf, list, check, maxBytes } = options;
  const kind = createHash("sha256").update(urlOf(index)).digest("hex").slice(0, 12);
  const work = await claimWorkFolder(target, kind);
  let isWorthKeeping = true; // what arrived before a connection broke
  try {
    const path = join(work, index);
    if (!(await fetchFile({ url: urlOf(index), path, maxBytes }, { ...options, onBytes: undefined })))
      return false;
    isWorthKeeping = false;
    const all = list(await readFile(path));
    if (all.totalBytes > maxBytes)
      throw new Error(`it is ${inMB(all.totalBytes)} MB large, and ${inMB(maxBytes)} MB are allowed`);
    await fetchAll(all, work, options).catch((error: Error | undefined) => {
      isWorthKeeping = !(error?.cause instanceof Unwanted);
      throw error;
    });
    await check(work);
    await publishFolder(work, target);
    return true;
  } finally {
    if (!isWorthKeeping) await rm(work, { recursive: true, force: true });
    else await rmdir(work).catch(() => undefined); // unless something is in it
  }
}

function inMB(bytes: number): string {
  return Number((bytes / 1e6).toPrecision(3)).toLocaleString("en");
}

/** Several at a time; the first that fails stops the others. */
async function fetchAll(
  { files, totalBytes }: FileList,
  folder: string,
  options: FolderOptions,
): Promise<void> {
  const { urlOf, task, progress = reportProgress, signal } = options;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const stopAll = (): void => stop.abort(signal?.reason);
  signal?.addEventListener("abort", stopAll);
  const here = new Map<string, number>();
  const queue = [...files];
  let failure: Error | undefined;
  const fetchNext = async (file: ListedFile): Promise<void> => {
    const { name } = file;
    const path = join(folder, name);
    const onBytes = (bytes: number): void => {
      here.set(name, bytes);
      const done = [...here.values()].reduce((sum, one) => sum + one, 0);
      progress({ task, done, total: totalBytes, unit: "bytes" });
    };
    await mkdir(dirname(path), { recursive: true });
    if (!(await fetchFile({ ...file, url: urlOf(name), path }, { ...options, signal: stop.signal, onBytes })))
      throw new Unwanted("it is missing");
  };
  const worker = async (): Promise<void> => {
    for (let file; !stop.signal.aborted && (file = queue.shift());)
      await fetchNext(file).catch((error: Error) => {
        failure ??= new Error(`${file!.name}: ${error.message}`, { cause: error });
        stop.abort();
      });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  signal?.removeEventListener("abort", stopAll);
  signal?.throwIfAborted();
  if (failure) throw failure;
}
