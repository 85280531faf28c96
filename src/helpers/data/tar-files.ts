/** The files of a tar archive, gzipped or not. A tar has no table of contents: it is read through once for the
 * list, and once more for the contents. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import * as tar from "tar-stream";
import {
  addEntry,
  archiveEntry,
  checkRatio,
  collect,
  RefusedArchive,
  tooLarge,
  type Content,
  type Entry,
  type FileSource,
} from "./file-source";

/** Lists a tar archive.
 * @throws Error where it is damaged, or unpacks to far more than pictures do. */
export async function tarFiles(
  path: string,
  name: string,
  { gzipped, signal }: { gzipped: boolean; signal?: AbortSignal },
): Promise<FileSource> {
  const archive = { path, name, gzipped };
  const entries: Entry[] = [];
  for await (const member of membersOf(archive, signal)) {
    addEntry(entries, name, archiveEntry(entryOf(member.header)));
    member.resume();
  }
  return { entries, contents: (wanted, signal) => contents(archive, wanted, signal), close: () => {} };
}

function entryOf({ name, type, size }: tar.Header): Entry {
  if (type === "directory") return { path: name, kind: "folder" };
  const refused =
    type === "file" || type === "contiguous-file"
      ? tooLarge(size ?? 0)
      : type === "link" || type === "symlink"
        ? "it is a link"
        : "it is no regular file";
  return { path: name, kind: "file", refused };
}

type Member = tar.Extract extends AsyncIterable<infer Source> ? Source : never;

interface Archive {
  path: string;
  name: string;
  gzipped: boolean;
}

/** The members in their order. Each must be read or resumed before the next comes.
 * @throws Error where the archive is damaged. */
async function* membersOf(archive: Archive, signal?: AbortSignal): AsyncGenerator<Member> {
  const extract = tar.extract({ allowUnknownFormat: true } as object); // what tar made before 1988
  const fed = feed(archive, extract, signal);
  fed.catch(() => {}); // heard below, unless nobody wants the rest
  try {
    for await (const member of extract) {
      signal?.throwIfAborted();
      yield member;
    }
    await fed;
  } catch (symptom) {
    const cause = await fed.then(
      () => symptom as Error,
      (error: Error) => error,
    );
    signal?.throwIfAborted();
    if (cause instanceof RefusedArchive) throw cause;
    const message = `Cannot read ${archive.name}: the archive is damaged or cut off (${cause.message}).`;
    throw new Error(message, { cause: symptom });
  }
}

/** Streams the archive into its reader. */
async function feed(
  { path, name, gzipped }: Archive,
  extract: tar.Extract,
  signal?: AbortSignal,
): Promise<void> {
  const { size } = await stat(path);
  let unpacked = 0;
  async function* metered(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      unpacked += chunk.length;
      checkRatio(name, unpacked, size);
      yield chunk;
    }
  }
  const stages = [createReadStream(path), ...(gzipped ? [createGunzip()] : []), metered, extract];
  await pipeline(stages as unknown as [NodeJS.ReadableStream, NodeJS.WritableStream]);
}

async function* contents(
  archive: Archive,
  wanted: ReadonlySet<number>,
  signal?: AbortSignal,
): AsyncGenerator<Content> {
  let index = 0;
  for await (const member of membersOf(archive, signal)) {
    if (wanted.has(index)) yield { index, bytes: await collect(member as AsyncIterable<Uint8Array>) };
    else member.resume();
    index++;
  }
}
