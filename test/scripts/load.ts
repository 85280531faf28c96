import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

export const root = resolve(__dirname, "../..");

/** A module of scripts/, which is plain JavaScript, with the types that a test states. */
export async function load<T>(path: string): Promise<T> {
  return (await import(pathToFileURL(join(root, "scripts", path)).href)) as T;
}

/** A bare checkout in a new folder: the scripts and what npm reads, nothing installed. */
export async function inBareCheckout(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-"));
  try {
    mkdirSync(join(folder, "src"));
    for (const name of ["scripts", "package.json", "package-lock.json"])
      cpSync(join(root, name), join(folder, name), { recursive: true });
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
