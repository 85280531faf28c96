/** The files of a zip archive, unpacked in memory one at a time. */
import { crc32 } from "node:zlib";
import * as yauzl from "yauzl";
import {
  addEntry,
  archiveEntry,
  checkRatio,
  collect,
  MAX_ENTRIES,
  tooLarge,
  type Content,
  type Entry,
  type FileSource,
} from "./file-source";

/** Lists a zip archive, zip64 included. The file stays open until `close`.
 * @throws Error where it is damaged, or unpacks to far more than pictures do. */
export async function zipFiles(path: string, name: string, signal?: AbortSignal): Promise<FileSource> {
  const damaged = (error: unknown): never => {
    signal?.throwIfAborted();
    throw new Error(`Cannot read ${name}: the archive is damaged or cut off (${(error as Error).message}).`, {
      cause: error,
    });
  };
  // Names are decoded here, for one bad name would end yauzl's list.
  const zip = await yauzl.openPromise(path, { autoClose: false, decodeStrings: false }).catch(damaged);
  try {
    const entries: Entry[] = [];
    const packed = await listed(zip, signal).catch(damaged);
    for (const file of packed) addEntry(entries, name, archiveEntry(entryOf(file)));
    const unpacked = packed.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    checkRatio(name, unpacked, zip.fileSize);
    return {
      entries,
      contents: (wanted, signal) => contents(zip, packed, wanted, signal),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function listed(zip: yauzl.ZipFile, signal?: AbortSignal): Promise<yauzl.Entry[]> {
  const packed: yauzl.Entry[] = [];
  for await (const file of zip.eachEntry()) {
    packed.push(file);
    if (packed.length > MAX_ENTRIES) break; // addEntry says so
    if (packed.length % 1000 === 0) signal?.throwIfAborted();
  }
  return packed;
}

function entryOf(file: yauzl.Entry): Entry {
  const path = nameOf(file);
  const unixType = (file.externalFileAttributes >>> 16) & 0o170000;
  if (path.endsWith("/")) return { path, kind: "folder" };
  const refused = file.isEncrypted()
    ? "it is encrypted"
    : unixType === 0o120000
      ? "it is a link"
      : !file.canDecodeFileData()
        ? `it is packed by method ${file.compressionMethod}; stored and deflated files are read`
        : tooLarge(file.uncompressedSize);
  return { path, kind: "file", refused };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** macOS writes UTF-8 without saying so, and what happens to be UTF-8 is hardly ever anything else. */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFields }: yauzl.Entry): string {
  try {
    return utf8.decode(fileNameRaw).replaceAll("\\", "/");
  } catch {
    return yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  }
}

async function* contents(
  zip: yauzl.ZipFile,
  packed: yauzl.Entry[],
  wanted: ReadonlySet<number>,
  signal?: AbortSignal,
): AsyncGenerator<Content> {
  for (const index of wanted) {
    signal?.throwIfAborted();
    yield await unpack(zip, packed[index]).then(
      (bytes) => ({ index, bytes }),
      (error: Error) => ({ index, problem: `it cannot be unpacked (${error.message})` }),
    );
  }
}

/** yauzl itself sees to it that as many bytes come out as the list says. */
async function unpack(zip: yauzl.ZipFile, file: yauzl.Entry): Promise<Uint8Array> {
  const bytes = await collect(await zip.openReadStreamPromise(file));
  if (crc32(bytes) !== file.crc32) throw new Error("its checksum is wrong");
  return bytes;
}
