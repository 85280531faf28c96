import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { reportProgress, type ProgressListener } from "../report";
import { readClassFolders } from "./class-folders";
import type { Place } from "./places";
import { checkRawSet, type RawSet } from "./raw-set";
import type { Source, SourceFile } from "./source";

const unzip = promisify(gunzip);

export interface ReadOptions {
  progress?: ProgressListener;
  signal?: AbortSignal;
}

/** Reads a set from one place: from the files it is published as, else from an archive of pictures in folders.
 * @returns The set, checked, or undefined where the place has no file of it.
 * @throws Error that names the file, where one is damaged, incomplete or another set's. */
export async function readFromPlace(
  place: Place,
  source: Source,
  { progress = reportProgress, signal }: ReadOptions,
): Promise<RawSet | undefined> {
  const first = await place.get(source.files[0].name);
  if (first) {
    const contents = [await unwrap(first, source.files[0])];
    for (const file of source.files.slice(1)) {
      const bytes = await place.get(file.name);
      if (!bytes) throw new Error(`${file.name} is missing, though ${source.files[0].name} is there`);
      contents.push(await unwrap(bytes, file));
    }
    return checked(source.read(contents), source);
  }
  for (const archive of await place.archives()) {
    const bytes = await place.get(archive);
    if (!bytes) continue;
    const tar = await unwrap(bytes, { name: archive });
    const total = source.counts.train + source.counts.test;
    const bar = (done: number): void =>
      progress({ task: `Decoding ${source.name}`, done, total, unit: "images" });
    return checked(
      await named(archive, () => readClassFolders(tar, source, { signal, progress: bar })),
      source,
    );
  }
  return undefined;
}

function checked(raw: RawSet, source: Source): RawSet {
  checkRawSet(raw, source);
  return raw;
}

/** What is inside a gzip file, once its checksum is right. */
async function unwrap(bytes: Uint8Array, { name, md5, contentMd5 }: SourceFile): Promise<Uint8Array> {
  checkMd5(name, bytes, md5);
  return await named(name, async () => {
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    if (!isZipped) throw new Error("it is not a gzip file");
    const content = await unzip(bytes);
    checkMd5("its content", content, contentMd5);
    return content;
  });
}

function checkMd5(what: string, bytes: Uint8Array, expected: string | undefined): void {
  if (expected === undefined) return;
  const found = createHash("md5").update(bytes).digest("hex");
  if (found !== expected)
    throw new Error(`${what} has the wrong checksum: MD5 ${found} instead of ${expected}`);
}

/** Puts the name of the file before the message of an error. */
async function named<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
