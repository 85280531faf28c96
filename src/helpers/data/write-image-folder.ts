import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { imageAt, type Dataset, type Examples } from "./examples";
import { encodePng } from "./photo";
import { claimWorkFolder, publishFolder } from "./work-folder";

/** Writes examples as pictures, the way {@link imageFolder} reads them: a folder for each class with PNG files in it;
 * of a data set `train` and `test` above them. The folder appears whole or not at all.
 * @param examples Images of 1 or 3 channels; borrowed.
 * @param folder New, or empty. Its parent is made where it doesn't exist.
 * @throws Error where the folder holds something already, or a class has no name that a folder can have; RangeError
 *   where the images can't be drawn.
 * @example
 * await writeImageFolder(sample(photos.train, { perClass: 50, seed: 1 }), "./photos"); */
export async function writeImageFolder(examples: Examples | Dataset, folder: string): Promise<void> {
  const target = resolve(folder);
  const parts = "train" in examples ? { train: examples.train, test: examples.test } : { ".": examples };
  for (const part of Object.values(parts)) checkWritable(part);
  const held = await readdir(target).catch(() => []);
  if (held.length > 0)
    throw new Error(
      `Cannot write pictures into "${folder}": it holds ${held.length} things already. Name a new folder.`,
    );
  const work = await claimWorkFolder(target, "pictures");
  for (const [part, one] of Object.entries(parts)) await writePart(one, join(work, part));
  await publishFolder(work, target);
}

async function writePart(examples: Examples, folder: string): Promise<void> {
  const { classes, labels, count, input } = examples;
  for (const name of classes) await mkdir(join(folder, name), { recursive: true });
  const digits = String(count - 1).length;
  for (let i = 0; i < count; i++) {
    const file = join(folder, classes[labels[i]], `${String(i).padStart(digits, "0")}.png`);
    await writeFile(file, await encodePng(imageAt(examples, i), input));
  }
}

function checkWritable({ classes, input: { channels } }: Examples): void {
  if (channels !== 1 && channels !== 3)
    throw new RangeError(
      `Cannot write pictures of ${channels} channels: they have 1 (grey) or 3 (red, green, blue).`,
    );
  const odd = classes.find((name) => name === "" || /^\.|[/\\:*?"<>|]/.test(name));
  if (odd !== undefined)
    throw new Error(`Cannot write pictures of class "${odd}": no folder can have this name.`);
}
