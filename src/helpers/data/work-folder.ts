/** Folders that appear whole or not at all, in which a broken download is taken up again. */
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

const A_DAY = 24 * 60 * 60 * 1000; // ms

/** A folder to work in, beside the one that is to appear: what an earlier attempt left behind, where there is
 * something, else a new one. No two processes get the same.
 * @param target The folder that is to appear. Its parent is made where it doesn't exist.
 * @param kind Names what goes into it; only the same kind of work is taken up. */
export async function claimWorkFolder(target: string, kind: string): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  const prefix = `${basename(target)}.${kind}.`;
  const suffix = `.${hostname()}.partial`;
  const mine = join(dirname(target), `${prefix}${process.pid}${suffix}`);
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(`${basename(target)}.`) || !name.endsWith(".partial")) continue;
    const path = join(dirname(target), name);
    if (path === mine) continue;
    if (await isOld(path)) await rm(path, { recursive: true, force: true });
    else if (name.startsWith(prefix) && name.endsWith(suffix)) {
      const pid = Number(name.slice(prefix.length, -suffix.length));
      // Only one process can rename it; a folder of my own stands in the way of a second one.
      if (!isAlive(pid)) await rename(path, mine).catch(() => undefined);
    }
  }
  await mkdir(mine, { recursive: true });
  await utimes(mine, new Date(), new Date()); // it is in use
  return mine;
}

/** Gives the folder its name, in place of what stands there. */
export async function publishFolder(work: string, target: string): Promise<void> {
  const old = `${target}.old.${process.pid}.partial`; // a day later, whoever works here removes what is left
  const replaced = await rename(target, old).then(
    () => true,
    () => false,
  );
  await rename(work, target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error; // else another process was faster
  });
  await rm(work, { recursive: true, force: true });
  if (replaced) await rm(old, { recursive: true, force: true });
}

async function isOld(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() })); // another process was faster
  return Date.now() - mtimeMs > A_DAY;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it is somebody else's
  }
}
