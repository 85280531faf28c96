import { open, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { FileSource } from "./file-source";
import { folderFiles } from "./folder-files";
import { tarFiles } from "./tar-files";
import { zipFiles } from "./zip-files";

/** Lists the files of a folder, or of a zip, tar or gzipped tar archive, which its content tells, not its name.
 *
 * Nothing is ever unpacked to disk: contents are streamed into memory, one file at a time. Files and archives
 * beyond what pictures need are refused, see file-source.ts.
 * @returns The caller closes it.
 * @throws Error where there is no such place, it is something else, or it is damaged. */
export async function openPictureFiles(path: string, signal?: AbortSignal): Promise<FileSource> {
  const name = basename(path);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `Cannot read ${path}: ${error.code === "ENOENT" ? "there is no such folder or file" : error.code}.`,
      {
        cause: error,
      },
    );
  });
  if (!found.isDirectory() && !found.isFile()) throw new Error(neither(name));
  const source = found.isDirectory()
    ? await folderFiles(path, name, signal)
    : await archiveFiles(path, name, signal);
  refuseRepeated(source);
  return source;
}

/** What a data set from this place is called: `"photos"` for `./photos`, `photos.zip` and `photos.tar.gz`. */
export function nameOfPlace(path: string): string {
  return basename(resolve(path)).replace(/\.(zip|tar|tgz|tar\.gz)$/i, "");
}

async function archiveFiles(path: string, name: string, signal?: AbortSignal): Promise<FileSource> {
  const head = await headOf(path);
  const magic = head.toString("latin1", 0, 4);
  if (magic.startsWith("PK")) return await zipFiles(path, name, signal);
  const gzipped = magic.startsWith("\x1f\x8b");
  const isTar = head.toString("latin1", 257, 262) === "ustar" || /\.tar$/i.test(path);
  if (gzipped || isTar) return await tarFiles(path, name, { gzipped, signal });
  throw new Error(neither(name));
}

function neither(name: string): string {
  return `Cannot read ${name}: it is neither a folder nor a .zip, .tar, .tar.gz or .tgz archive.`;
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** An archive can hold a path twice, and nothing says which is meant. */
function refuseRepeated({ entries }: FileSource): void {
  const seen = new Set<string>();
  for (const entry of entries)
    if (entry.kind === "file" && !entry.refused) {
      if (seen.has(entry.path)) entry.refused = "an earlier file has the same path";
      seen.add(entry.path);
    }
}
