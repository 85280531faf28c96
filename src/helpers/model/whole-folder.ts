/** Folders that appear whole or not at all. */
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

/** Writes a folder: everything goes into a temporary one beside it, which then takes its name. One that stands
 * there already is replaced, unless it holds something else.
 * @param folder Its parent is made where it doesn't exist.
 * @param options.action What an error calls it, e.g. `"save a model"`.
 * @param options.names The files that may be replaced.
 * @param options.write Writes the files into the folder that it is given.
 * @throws Error where the folder holds other things, or can't be written; then it is as it was. */
export async function writeWholeFolder(
  folder: string,
  { action, names, write }: { action: string; names: string[]; write: (into: string) => Promise<void> },
): Promise<void> {
  const target = resolve(folder);
  await refuseToReplace(target, action, names);
  try {
    await mkdir(dirname(target), { recursive: true });
    const work = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
    try {
      const fresh = join(work, "new"); // others may read it, but not what mkdtemp makes
      await mkdir(fresh);
      await write(fresh);
      await replace(target, fresh, `${work}-old`);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  } catch (cause) {
    throw new Error(`Cannot ${action} in "${folder}": ${(cause as Error).message}`, { cause });
  }
}

async function refuseToReplace(target: string, action: string, names: string[]): Promise<void> {
  const found = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new Error(`Cannot ${action} as "${target}": ${error.message}`, { cause: error });
  });
  const foreign = found.filter((name) => !names.includes(name));
  if (foreign.length > 0)
    throw new Error(
      `Cannot ${action} in "${target}": the folder holds other things (${foreign.slice(0, 3).join(", ")}).`,
    );
}

async function replace(target: string, fresh: string, old: string): Promise<void> {
  const replaced = await rename(target, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(fresh, target);
  } catch (error) {
    if (replaced) await rename(old, target);
    throw error;
  }
  if (replaced) await rm(old, { recursive: true });
}
