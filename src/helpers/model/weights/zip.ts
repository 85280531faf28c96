/** One file out of a zip archive in memory, read with yauzl. */
import { crc32 } from "node:zlib";
import { fromBufferPromise, type Entry, type ZipFile } from "yauzl";

/** No archive of a network comes near. */
const MAX_FILES = 10_000;

/** Whether a file begins as zip archives do. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** Takes one file out of an archive.
 * @returns Its bytes, or the names of the files that there are where it isn't among them.
 * @throws Error where the archive or the file in it is damaged. */
export async function takeFromZip(
  archive: Uint8Array,
  name: string,
): Promise<{ bytes: Buffer } | { bytes?: undefined; names: string[] }> {
  const names: string[] = [];
  try {
    const zip = await fromBufferPromise(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength));
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName === name) return { bytes: await unpack(zip, entry) };
      if (names.push(entry.fileName) > MAX_FILES) throw new Error(`it lists more than ${MAX_FILES} files`);
    }
  } catch (cause) {
    throw new Error(`Cannot read the archive: it is damaged or cut off (${(cause as Error).message}).`, {
      cause,
    });
  }
  return { names };
}

/** yauzl itself sees to it that no more bytes come out than the list says; what these are, it doesn't check. */
async function unpack(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) throw new Error(`the checksum of ${entry.fileName} is wrong`);
  return bytes;
}
