/** The tar format: blocks of 512 bytes, a head before each file. Only what reading needs. */

export interface TarFile {
  /** The path inside the archive, without a leading `./`. */
  path: string;
  /** A view of the archive, not a copy. */
  bytes: Uint8Array;
}

const BLOCK = 512;
const FILE = new Set(["0", "\0", "7"]);

/** The files of a tar archive, in their order. Understands ustar, and the long names of GNU and pax.
 * @throws Error where the archive is damaged or ends early. */
export function* readTar(archive: Uint8Array): Generator<TarFile> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  let longName: string | undefined;
  for (let at = 0; ;) {
    const head = bytes.subarray(at, at + BLOCK);
    if (head.length < BLOCK) throw new Error(`Cannot read the tar archive: it ends early, at byte ${at}.`);
    if (head.every((byte) => byte === 0)) return; // an empty block ends the archive
    checkHead(head, at);
    const size = octal(head, 124, 12);
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (!(content.length === size))
      throw new Error(`Cannot read the tar archive: it ends early, inside ${longName ?? nameOf(head)}.`);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(head[156]);
    if (type === "L") longName = text(content, 0, size);
    else if (type === "x") longName = paxPath(content) ?? longName;
    else {
      if (FILE.has(type)) yield { path: (longName ?? nameOf(head)).replace(/^(\.\/)+/, ""), bytes: content };
      longName = undefined;
    }
  }
}

/** The sum of the head's bytes, its own field taken as spaces, stands in the head. */
function checkHead(head: Buffer, at: number): void {
  const sum = head.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (sum !== octal(head, 148, 8))
    throw new Error(`Cannot read the tar archive: at byte ${at} there is no head of a file.`);
}

function nameOf(head: Buffer): string {
  const prefix =
    head.toString("latin1", 257, 262) === "ustar" && head[263] === 0x30 ? text(head, 345, 155) : "";
  return prefix ? `${prefix}/${text(head, 0, 100)}` : text(head, 0, 100);
}

/** `path` among pax records, each `"<length> <key>=<value>\n"`. */
function paxPath(content: Buffer): string | undefined {
  for (let at = 0; at < content.length;) {
    const length = parseInt(content.toString("latin1", at, at + 20), 10);
    if (!(length > 0)) return undefined;
    const record = content.toString("utf8", at, at + length - 1);
    const [, key, value] = /^\d+ ([^=]*)=(.*)$/s.exec(record) ?? [];
    if (key === "path") return value;
    at += length;
  }
  return undefined;
}

function text(bytes: Buffer, start: number, length: number): string {
  const end = bytes.indexOf(0, start);
  return bytes.toString("utf8", start, end >= 0 && end < start + length ? end : start + length);
}

function octal(bytes: Buffer, start: number, length: number): number {
  return parseInt(text(bytes, start, length).trim() || "0", 8);
}
