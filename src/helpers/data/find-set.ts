import { report } from "../report";
import { cacheFolder, readCache, writeCache } from "./cache";
import { mirrorPlace, webPlace, type Place } from "./places";
import { readFromPlace, type ReadOptions } from "./read-place";
import type { RawSet } from "./raw-set";
import type { Source } from "./source";

export interface FindOptions extends ReadOptions {
  /** The longest silence of a server to bear, in milliseconds. */
  timeoutMs?: number;
}

/** The set, or a line for each place that was tried in vain. */
export type Found = { raw: RawSet; tried?: undefined } | { raw?: undefined; tried: string[] };

/** Looks for a set in the cache, then in the mirror, then at its public addresses, and keeps it in the cache.
 * Where none of them has it, it says of each why. */
export async function findSet(source: Source, options: FindOptions = {}): Promise<Found> {
  if (process.env.TRANSFER_LAB_PROFILE === "offline")
    return { tried: ["TRANSFER_LAB_PROFILE=offline: neither cache nor mirror nor network is looked at"] };
  const tried: string[] = [];
  try {
    const raw = await readCache(source);
    if (raw) return { raw };
    tried.push(`the cache, ${cacheFolder()}: not there`);
  } catch (error) {
    tried.push(`the cache, ${cacheFolder()}: ${messageOf(error)}`);
    report(`The cached copy of ${source.name} cannot be used: ${messageOf(error)}. It is made anew.`);
  }
  for (const { title, place, isMirror } of placesOf(source, options)) {
    options.signal?.throwIfAborted();
    if (!place) {
      tried.push(title);
      continue;
    }
    try {
      const raw = await readFromPlace(place, source, options);
      if (raw) {
        await keep(source, raw);
        return { raw };
      }
      tried.push(`${title}: no ${source.files[0].name}`);
    } catch (error) {
      options.signal?.throwIfAborted();
      tried.push(`${title}: ${messageOf(error)}`);
      if (isMirror) report(`The mirror's copy of ${source.name} cannot be used: ${messageOf(error)}.`);
    }
  }
  return { tried };
}

function placesOf(
  source: Source,
  options: FindOptions,
): { title: string; place?: Place; isMirror?: boolean }[] {
  const mirror = mirrorPlace(source.name, options);
  return [
    mirror
      ? { title: `the mirror, ${mirror.title}`, place: mirror, isMirror: true }
      : { title: "a mirror: TRANSFER_LAB_MIRROR is not set" },
    ...source.addresses.map((address) => ({
      title: address,
      place: webPlace(source.name, address, [], options),
    })),
  ];
}

/** A set that can't be kept is still a set. */
async function keep(source: Source, raw: RawSet): Promise<void> {
  try {
    await writeCache(source, raw);
  } catch (error) {
    report(
      `${source.name} could not be kept in the cache, so it will be read anew next time: ${messageOf(error)}.`,
    );
  }
}

function messageOf(error: unknown): string {
  return (error as Error).message.replace(/\.$/, "");
}
