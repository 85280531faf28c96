import { availableParallelism } from "node:os";
import { reportProgress } from "../report";
import type { PlacedFile, SkippedFile } from "./class-layout";
import { imageLength, type InputSpec } from "./examples";
import type { FileSource } from "./file-source";
import { Fingerprints } from "./near-duplicates";
import { decodePhoto, type PhotoOptions } from "./photo";

export interface DecodedPhotos {
  /** `[files, height, width, channels]`, 0…255, in the order of the files; zeros where one was bad. */
  images: Uint8Array;
  prints: Fingerprints;
  /** Whether each file became a picture. */
  good: boolean[];
  bad: SkippedFile[];
}

export interface DecodeAllOptions extends PhotoOptions {
  /** What progress calls the work. */
  task: string;
  signal?: AbortSignal;
}

/** More than four wouldn't run at once: Node has so many threads for such work. */
const AT_ONCE = Math.min(4, availableParallelism());

/** Decodes files as they come from the source, a few at once. In memory are the results, and no more files than
 * are being decoded.
 * @throws RangeError where the results don't fit into memory; the signal's reason where it was stopped, once the
 *   pictures at hand are done. */
export async function decodePhotos(
  source: FileSource,
  files: readonly PlacedFile[],
  input: InputSpec,
  { task, signal, ...options }: DecodeAllOptions,
): Promise<DecodedPhotos> {
  const length = imageLength(input);
  const images = allocate(files.length, length);
  const prints = new Fingerprints(files.length, input);
  const good = files.map(() => false);
  const bad: SkippedFile[] = [];
  const slots = new Map(files.map(({ entry }, slot) => [entry, slot]));
  const running = new Set<Promise<void>>();
  let done = 0;

  const finish = (slot: number, reason?: string): void => {
    if (reason === undefined) good[slot] = true;
    else bad.push({ path: files[slot].path, reason });
    reportProgress({ task, done: ++done, total: files.length, unit: "images" });
  };
  const decode = async (slot: number, bytes: Uint8Array): Promise<void> => {
    try {
      const pixels = await decodePhoto(bytes, input, options);
      images.set(pixels, slot * length);
      prints.set(slot, pixels);
      finish(slot);
    } catch (error) {
      finish(slot, (error as Error).message);
    }
  };

  try {
    for await (const content of source.contents(new Set(slots.keys()), signal)) {
      signal?.throwIfAborted();
      const slot = slots.get(content.index)!;
      if ("problem" in content) finish(slot, content.problem);
      else {
        const work = decode(slot, content.bytes).finally(() => running.delete(work));
        running.add(work);
        if (running.size >= AT_ONCE) await Promise.race(running);
      }
    }
  } finally {
    await Promise.all(running);
  }
  signal?.throwIfAborted();
  bad.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { images, prints, good, bad };
}

function allocate(count: number, length: number): Uint8Array {
  try {
    return new Uint8Array(count * length);
  } catch (error) {
    throw new RangeError(
      `Cannot hold ${count.toLocaleString("en")} pictures: at this size they are ${sizeText(count * length)}. Choose a smaller size, or fewer pictures.`,
      { cause: error },
    );
  }
}

/** `"1.5 GB"`, `"40 MB"`. */
export function sizeText(bytes: number): string {
  return bytes < 1e9
    ? `${Math.ceil(bytes / 1e6)} MB`
    : `${(bytes / 1e9).toLocaleString("en", { maximumFractionDigits: 1 })} GB`;
}
