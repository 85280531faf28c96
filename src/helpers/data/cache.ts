import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { imageLength } from "./examples";
import { checkRawSet, type RawSet } from "./raw-set";
import type { Source } from "./source";

/* One file per set: the magic word, SHA-256 of all that follows it, the head's length, the head in JSON, and the
   bytes of training images, training labels, test images, test labels. */
const MAGIC = Buffer.from("transfer-lab/1\n\n"); // its number changes with the format or with the decoder
const DIGEST = 32; // bytes
const A_DAY = 24 * 60 * 60 * 1000; // ms

const packageFolder = join(__dirname, "../../.."); // the same from src and from dist

/** Where decoded sets are kept: `TRANSFER_LAB_CACHE`, else `data/cache` of this package. */
export function cacheFolder(): string {
  return resolve(process.env.TRANSFER_LAB_CACHE || join(packageFolder, "data/cache"));
}

/** The set from the cache, or undefined where it isn't there.
 * @throws Error that says what is wrong with the file, where it is damaged or not this set's. */
export async function readCache(source: Source): Promise<RawSet | undefined> {
  let file: Buffer;
  try {
    file = await readFile(cacheFile(source));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const body = file.subarray(MAGIC.length + DIGEST);
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error("it is of another format");
  if (!sha256([body]).equals(file.subarray(MAGIC.length, MAGIC.length + DIGEST)))
    throw new Error("its checksum is wrong");
  const headEnd = 4 + body.readUInt32LE(0);
  if (body.toString("utf8", 4, headEnd) !== headOf(source)) throw new Error("it is another set's");
  const { train, test } = source.counts;
  let at = headEnd;
  const next = (length: number): Uint8Array => body.subarray(at, (at += length));
  const length = imageLength(source.input);
  const raw = {
    train: { images: next(train * length), labels: next(train) },
    test: { images: next(test * length), labels: next(test) },
  };
  checkRawSet(raw, source);
  return raw;
}

/** Keeps a set for the next time: under a temporary name first, so that no other process sees half of it.
 * @throws Error where it can't be written, e.g. because the disk is full; what was written is removed. */
export async function writeCache(source: Source, raw: RawSet): Promise<void> {
  const head = Buffer.from(headOf(source));
  const headLength = Buffer.alloc(4);
  headLength.writeUInt32LE(head.length);
  const { train, test } = raw;
  const body = [headLength, head, train.images, train.labels, test.images, test.labels];
  await mkdir(cacheFolder(), { recursive: true });
  await removeLeftOvers(source);
  const partial = `${cacheFile(source)}.${randomUUID()}.partial`;
  try {
    const file = await open(partial, "wx");
    try {
      for (const bytes of [MAGIC, sha256(body), ...body]) await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await rename(partial, cacheFile(source));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

function cacheFile({ name }: Source): string {
  return join(cacheFolder(), `${name}.bin`);
}

/** What a file must say of itself to be believed. */
function headOf({ name, classes, counts, input }: Source): string {
  return JSON.stringify({ name, counts, input, classes });
}

function sha256(parts: Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Removes what a process that was killed a day ago or more left half-written. */
async function removeLeftOvers({ name }: Source): Promise<void> {
  for (const file of await readdir(cacheFolder())) {
    if (!file.startsWith(`${name}.bin.`) || !file.endsWith(".partial")) continue;
    const path = join(cacheFolder(), file);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() })); // another process was faster
    if (Date.now() - mtimeMs > A_DAY) await rm(path, { force: true });
  }
}
