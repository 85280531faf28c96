/** Where a published network's files are looked for: the cache, then the mirror, then its addresses. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { cacheFolder } from "../data";
import { report } from "../report";
import { downloadModel, type DownloadModelOptions } from "./download-model";
import { readModelFolder, type Checksums, type ModelFiles } from "./model-file";

/** A network that is to be found. */
export interface WantedModel {
  /** What it is called here, in the mirror, and in errors. */
  name: string;
  /** Addresses of its `model.json`, best first. */
  addresses: string[];
  checksums?: Checksums;
  /** Whether a mirror may have it: those this package knows by name. */
  isKnown: boolean;
}

export interface FindModelOptions extends DownloadModelOptions {
  /** Don't look into the cache; what is there is replaced. */
  refresh?: boolean;
}

/** A network's files, or a line for each place that was tried in vain. */
export type FoundModel =
  { files: ModelFiles; source: string; wasCached: boolean } | { files?: undefined; tried: string[] };

/** Looks for a network, and keeps in the cache what it downloads. */
export async function findModel(wanted: WantedModel, options: FindModelOptions): Promise<FoundModel> {
  if (process.env.TRANSFER_LAB_PROFILE === "offline")
    return { tried: ["TRANSFER_LAB_PROFILE=offline: neither cache nor mirror nor network is looked at"] };
  const tried: string[] = [];
  const cached = cacheOf(wanted);
  if (!options.refresh) {
    const files = await readCached(cached, wanted, tried);
    if (files) return { files, source: wanted.addresses[0], wasCached: true };
  }
  for (const { title, source, read, isMirror } of placesOf(wanted, cached, options)) {
    options.signal?.throwIfAborted();
    try {
      const files = await read?.();
      if (files) return { files, source, wasCached: false };
      tried.push(read ? `${title}: not there` : title);
    } catch (error) {
      options.signal?.throwIfAborted();
      tried.push(`${title}: ${messageOf(error)}`);
      if (isMirror) report(`The mirror's copy of ${wanted.name} cannot be used: ${messageOf(error)}.`);
    }
  }
  return { tried };
}

interface Place {
  /** How an error names it. */
  title: string;
  /** What a card calls it. */
  source: string;
  read?: () => Promise<ModelFiles | undefined>;
  isMirror?: boolean;
}

function placesOf(wanted: WantedModel, cached: string, options: FindModelOptions): Place[] {
  const { name, addresses, isKnown, checksums } = wanted;
  const web = (address: string): Place => ({
    title: address,
    source: isKnown ? addresses[0] : address, // a mirror's copy is still theirs
    read: () => downloadModel(address, wanted, cached, options),
  });
  const places = addresses.map(web);
  if (!isKnown) return places;
  const mirror = process.env.TRANSFER_LAB_MIRROR?.replace(/\/+$/, "");
  const [source] = addresses;
  if (!mirror) return [{ title: "a mirror: TRANSFER_LAB_MIRROR is not set", source }, ...places];
  if (/^https?:\/\//.test(mirror)) {
    const place = web(`${mirror}/${name}/model.json`);
    return [{ ...place, title: `the mirror, ${place.title}`, isMirror: true }, ...places];
  }
  const folder = join(resolve(mirror), name);
  const read = async (): Promise<ModelFiles | undefined> =>
    (await hasModel(folder)) ? await readModelFolder(folder, checksums) : undefined;
  return [{ title: `the mirror, ${folder}`, source, read, isMirror: true }, ...places];
}

/** What is in the cache already, unless it is damaged. */
async function readCached(
  folder: string,
  { name, checksums }: WantedModel,
  tried: string[],
): Promise<ModelFiles | undefined> {
  try {
    if (await hasModel(folder)) return await readModelFolder(folder, checksums);
    tried.push(`the cache, ${folder}: not there`);
  } catch (error) {
    tried.push(`the cache, ${folder}: ${messageOf(error)}`);
    report(`The cached copy of ${name} cannot be used: ${messageOf(error)}. It is made anew.`);
  }
  return undefined;
}

/** Where a network is kept: under its name, or a foreign one under what its address ends in. */
function cacheOf({ name, addresses, isKnown }: WantedModel): string {
  if (isKnown) return join(cacheFolder(), "models", name);
  const digest = createHash("sha256").update(addresses[0]).digest("hex").slice(0, 12);
  const plain = name.replace(/[^\w.-]+/g, "-").slice(0, 60);
  return join(cacheFolder(), "models", `${plain}-${digest}`);
}

async function hasModel(folder: string): Promise<boolean> {
  return await stat(join(folder, "model.json")).then(
    (file) => file.isFile(),
    () => false,
  );
}

function messageOf(error: unknown): string {
  return (error as Error).message.replace(/\.$/, "");
}
