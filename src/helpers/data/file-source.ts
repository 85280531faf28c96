/** What a folder, a zip and a tar have in common: a list of files, and their contents one after another. */

/** Something in a folder or an archive. */
export interface Entry {
  /** From the folder or the archive down, with `/`. */
  path: string;
  /** `"junk"` is what systems leave behind, such as `.DS_Store`: nobody asked for it, nobody is told of it. */
  kind: "file" | "folder" | "junk";
  /** Why its content is not read. */
  refused?: string;
}

/** The content of an entry, or why there is none. */
export type Content = { index: number } & ({ bytes: Uint8Array } | { problem: string });

export interface FileSource {
  entries: Entry[];
  /** The contents of some entries, one by one: the next is read when the last was taken.
   * @param wanted Indices into `entries`. */
  contents(wanted: ReadonlySet<number>, signal?: AbortSignal): AsyncGenerator<Content>;
  close(): void;
}

export const MAX_ENTRIES = 200_000;
export const MAX_FILE_BYTES = 100e6; // a bitmap of 25 megapixels; photographs are far smaller
const MAX_PATH = 1000; // characters
const FREE_BYTES = 256e6; // so much may come out of an archive of any size
const MAX_RATIO = 100; // pictures are compressed already; what unpacks to more was made to do harm

/** An archive that is refused as a whole, though it may be undamaged. */
export class RefusedArchive extends Error {}

/** Adds an entry to a list.
 * @throws RefusedArchive where there are too many. */
export function addEntry(entries: Entry[], name: string, entry: Entry): void {
  if (entries.length >= MAX_ENTRIES)
    throw new RefusedArchive(
      `Cannot read ${name}: it holds more than ${MAX_ENTRIES.toLocaleString("en")} files and folders.`,
    );
  entries.push(entry.path.split("/").some(isJunk) ? { ...entry, kind: "junk" } : entry);
}

/** An entry as an archive names it, its path made plain; refused where the path leads out of the archive. */
export function archiveEntry(entry: Entry): Entry {
  const path = entry.path
    .replaceAll("\\", "/")
    .replace(/^(\.\/+)+/, "")
    .replace(/\/+$/, "");
  if (path.length > MAX_PATH)
    return { path: `${path.slice(0, 40)}…`, kind: "file", refused: "its path is too long" };
  if (path.startsWith("/") || /^[a-z]:/i.test(path) || path.split("/").includes(".."))
    return { path, kind: "file", refused: "its path leads out of the archive" };
  return { ...entry, path };
}

/** Hidden files, and what macOS, Windows and network drives put beside one's own. */
function isJunk(name: string): boolean {
  return name.startsWith(".") || /^(__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|@eaDir)$/i.test(name);
}

/** Why a file of this size isn't read, if it isn't. */
export function tooLarge(bytes: number): string | undefined {
  return bytes > MAX_FILE_BYTES
    ? `it has ${Math.ceil(bytes / 1e6).toLocaleString("en")} MB; pictures of up to ${MAX_FILE_BYTES / 1e6} MB are read`
    : undefined;
}

/** Refuses an archive that unpacks to far more than pictures do.
 * @throws RefusedArchive where it does. */
export function checkRatio(name: string, unpacked: number, packed: number): void {
  if (unpacked > FREE_BYTES && unpacked > MAX_RATIO * packed)
    throw new RefusedArchive(
      `Cannot read ${name}: it unpacks to more than ${MAX_RATIO} times its size, which no archive of pictures does.`,
    );
}

/** Takes in a stream of at most {@link MAX_FILE_BYTES}.
 * @throws Error where it is longer. */
export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    const problem = tooLarge(length);
    if (problem) throw new Error(problem);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
