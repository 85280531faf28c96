/** The files of a folder on disk. Links are followed: it is the reader's own disk, and nothing is written. */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { addEntry, tooLarge, type Content, type Entry, type FileSource } from "./file-source";

/** Lists a folder and all below it, in the order of the names.
 * @throws Error where the folder itself can't be read. */
export async function folderFiles(folder: string, name: string, signal?: AbortSignal): Promise<FileSource> {
  const entries: Entry[] = [];
  await walk("", []);
  return { entries, contents, close: () => {} };

  /** @param above The real places of the folders above, so that links can't lead round and round. */
  async function walk(path: string, above: string[]): Promise<void> {
    signal?.throwIfAborted();
    const place = await realpath(join(folder, path));
    if (above.includes(place)) return;
    const names = (await readdir(place)).sort();
    for (const child of names) {
      const entry = await entryAt(path ? `${path}/${child}` : child);
      const before = entries.length;
      addEntry(entries, name, entry);
      const { kind, refused } = entries[before];
      if (kind === "folder" && !refused)
        await walk(entry.path, [...above, place]).catch((error: NodeJS.ErrnoException) => {
          if (!error.code?.startsWith("E")) throw error;
          entries[before].refused = `it cannot be read (${error.code})`;
        });
    }
  }

  async function entryAt(path: string): Promise<Entry> {
    try {
      const found = await stat(join(folder, path));
      if (found.isDirectory()) return { path, kind: "folder" };
      return { path, kind: "file", refused: found.isFile() ? tooLarge(found.size) : "it is no regular file" };
    } catch (error) {
      return { path, kind: "file", refused: `it cannot be read (${(error as NodeJS.ErrnoException).code})` };
    }
  }

  async function* contents(wanted: ReadonlySet<number>, signal?: AbortSignal): AsyncGenerator<Content> {
    for (const index of wanted) {
      signal?.throwIfAborted();
      yield await readFile(join(folder, entries[index].path)).then(
        (bytes) => ({ index, bytes }),
        (error: NodeJS.ErrnoException) => ({ index, problem: `it cannot be read (${error.code})` }),
      );
    }
  }
}
