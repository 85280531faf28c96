import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { download } from "./download";

/** A picture somewhere: a path, an address (http, https, file) or the bytes of a file. */
export type PictureSource = string | URL | Uint8Array;

export interface PictureBytesOptions {
  /** The longest that a download may take, in milliseconds. */
  timeoutMs?: number;
  /** The most bytes that are taken; 64 MB if not given. */
  maxBytes?: number;
  signal?: AbortSignal;
}

const MB = 2 ** 20;

/** Gets the bytes of a picture file, undecoded.
 * @returns The bytes, and what to call the picture in an error.
 * @throws Error that names the picture and why it can't be had. */
export async function pictureBytes(
  source: PictureSource,
  { timeoutMs = 30_000, maxBytes = 64 * MB, signal }: PictureBytesOptions = {},
): Promise<{ name: string; bytes: Uint8Array }> {
  if (source instanceof Uint8Array) return { name: "the picture", bytes: source };
  if (!(typeof source === "string" || source instanceof URL) || String(source) === "")
    throw new TypeError(
      `Cannot read a picture: it is a path, an address or the bytes of a file. Received: ${String(source) || "an empty text"}.`,
    );
  const name = String(source);
  try {
    const protocol = /^([a-z][a-z0-9+.-]+):/i.exec(name)?.[1].toLowerCase(); // "C:\cat.jpg" is a path
    if (protocol === "http" || protocol === "https")
      return { name, bytes: await fromWeb(name, { timeoutMs, maxBytes, signal }) };
    if (protocol === "file") return { name, bytes: await fromDisk(fileURLToPath(name), maxBytes) };
    if (source instanceof URL) throw new Error("addresses begin with http:, https: or file:");
    return { name, bytes: await fromDisk(name, maxBytes) };
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : message.replace(/\.$/, "");
    throw new Error(`Cannot read ${name}: ${why}.`, { cause: error });
  }
}

async function fromDisk(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error("it is no file");
    if (stats.size > maxBytes) throw tooLarge(maxBytes);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function fromWeb(
  address: string,
  { timeoutMs, maxBytes, signal }: Required<Omit<PictureBytesOptions, "signal">> & { signal?: AbortSignal },
): Promise<Uint8Array> {
  const giveUp = new AbortController();
  const late = setTimeout(
    () => giveUp.abort(new Error(`it took longer than ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    const bytes = await download(address, {
      task: "Downloading the picture",
      timeoutMs,
      signal: AbortSignal.any(signal ? [signal, giveUp.signal] : [giveUp.signal]),
      progress: ({ done, total = done }) => {
        if (Math.max(done, total) > maxBytes) giveUp.abort(tooLarge(maxBytes));
      },
    });
    if (!bytes) throw new Error("there is no such file (404)");
    return bytes;
  } finally {
    clearTimeout(late);
  }
}

function tooLarge(maxBytes: number): Error {
  return new Error(`it has more than ${Math.round(maxBytes / MB)} MB`);
}
