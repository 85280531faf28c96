/** Files that appear whole or not at all. */
import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a file under another name beside it, then gives it its name. One that stands there already is replaced.
 * @throws Error where it can't be written, e.g. because there is no such folder; nothing is left behind. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const partial = `${file}.${randomUUID()}.partial`;
  try {
    await writeFile(partial, content, { flag: "wx" });
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? `there is no folder "${dirname(file)}".` : message;
    throw new Error(`Cannot write "${file}": ${why}`, { cause });
  }
}
