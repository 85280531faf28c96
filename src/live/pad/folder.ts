/** The drawings on the disk: a folder for each class, as `imageFolder` reads them. Only files that a pad wrote are
 * read and removed; whatever else is there stays. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { decodePhoto, writeImageFolder, type InputSpec } from "../../helpers";
import { writeWhole } from "../../helpers/write-whole";
import type { Drawing } from "./collection";
import { asBytes, examplesOf } from "./picture";

const NAME = /^drawing-([0-9a-f]{12})\.png$/;
const NOTE = "pad.json"; // the classes, those without drawings among them

/** What a pad left in a folder. */
export interface Kept {
  /** Undefined where no pad wrote into the folder. */
  classes?: string[];
  drawings: Drawing[];
  /** Files that are damaged. */
  bad: string[];
}

/** Reads what a pad wrote; nothing where there is no such folder. */
export async function readDrawings(folder: string, input: InputSpec): Promise<Kept> {
  const drawings: Drawing[] = [];
  const bad: string[] = [];
  for (const { label, id, file } of await listDrawings(folder))
    try {
      drawings.push({ id, label, picture: new Uint8Array(await decodePhoto(await readFile(file), input)) });
    } catch {
      bad.push(file);
    }
  return { classes: await readClasses(folder), drawings, bad };
}

/** Makes a folder hold these drawings: what is new is written, each file whole or not at all; drawings of these
 * classes that were removed from the pad are removed.
 * @returns The folder's path.
 * @throws Error where it can't be written, or no folder can have the name of a class. */
export async function writeDrawings(
  folder: string,
  drawings: readonly Drawing[],
  { classes, input, removed }: { classes: string[]; input: InputSpec; removed: ReadonlySet<string> },
): Promise<string> {
  const target = resolve(folder);
  try {
    const there = await listDrawings(target);
    const known = new Set(there.map(placeOf));
    const kept = new Set(drawings.map(placeOf));
    await mkdir(target, { recursive: true });
    await writeNew(
      target,
      drawings.filter((drawing) => !known.has(placeOf(drawing))),
      input,
    );
    for (const { file } of there.filter((one) => removed.has(one.id) && !kept.has(placeOf(one)))) {
      await rm(file, { force: true });
      await rmdir(dirname(file)).catch(() => undefined); // others are in it
    }
    await writeWhole(join(target, NOTE), `${JSON.stringify({ classes }, null, 2)}\n`);
  } catch (cause) {
    throw new Error(`Cannot save the drawings in "${folder}": ${(cause as Error).message}`, { cause });
  }
  return target;
}

function placeOf({ label, id }: { label: string; id: string }): string {
  return `${label}/${id}`;
}

/** Writes pictures beside their place, then puts each into it. */
async function writeNew(target: string, drawings: readonly Drawing[], input: InputSpec): Promise<void> {
  if (drawings.length === 0) return;
  const work = await mkdtemp(join(target, ".pad-"));
  try {
    const classes = [...new Set(drawings.map(({ label }) => label))];
    const labels = drawings.map(({ label }) => classes.indexOf(label));
    const pictures = drawings.map(({ picture }) => picture);
    const written = join(work, "new");
    await writeImageFolder(examplesOf(pictures, labels, { classes, input: asBytes(input) }), written);
    for (const label of classes) {
      await mkdir(join(target, label), { recursive: true });
      const members = drawings.filter((drawing) => drawing.label === label);
      const files = (await readdir(join(written, label))).sort(); // numbered, in the same order
      for (const [i, file] of files.entries())
        await rename(join(written, label, file), join(target, label, `drawing-${members[i].id}.png`));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function listDrawings(folder: string): Promise<{ label: string; id: string; file: string }[]> {
  const found: { label: string; id: string; file: string }[] = [];
  for (const label of await namesIn(folder))
    for (const name of await namesIn(join(folder, label))) {
      const id = NAME.exec(name)?.[1];
      if (id) found.push({ label, id, file: join(folder, label, name) });
    }
  return found;
}

/** The names in a folder, sorted; none where it is no folder. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw new Error(`Cannot read the drawings in "${folder}": ${error.message}`, { cause: error });
  });
  return names.filter((name) => !name.startsWith(".")).sort();
}

async function readClasses(folder: string): Promise<string[] | undefined> {
  try {
    const { classes } = JSON.parse(await readFile(join(folder, NOTE), "utf8")) as { classes?: unknown };
    const areNames = Array.isArray(classes) && classes.every((name) => typeof name === "string");
    return areNames && classes.length >= 2 ? (classes as string[]) : undefined;
  } catch {
    return undefined; // none, or not ours
  }
}
