import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { download, type DownloadOptions } from "./download";

/** Somewhere that files of a data set may be. */
export interface Place {
  /** How an error names it. */
  title: string;
  /** A file of the set, or undefined where it isn't there. */
  get(file: string): Promise<Uint8Array | undefined>;
  /** The names of archives of pictures that may be there. */
  archives(): Promise<string[]>;
}

type NetworkOptions = Omit<DownloadOptions, "task">;

/** The mirror that `TRANSFER_LAB_MIRROR` names, a folder or an http(s) address; undefined where it names none. */
export function mirrorPlace(set: string, options: NetworkOptions): Place | undefined {
  const mirror = process.env.TRANSFER_LAB_MIRROR;
  if (!mirror) return undefined;
  if (/^https?:\/\//.test(mirror))
    return webPlace(set, `${mirror.replace(/\/+$/, "")}/${set}/`, [`${set}-images.tar.gz`], options);
  return folderPlace(join(resolve(mirror), set));
}

/** An address on the web; each file's name follows it. */
export function webPlace(set: string, address: string, archives: string[], options: NetworkOptions): Place {
  return {
    title: address,
    get: (file) => download(address + file, { ...options, task: `Downloading ${set}: ${file}` }),
    archives: () => Promise.resolve(archives),
  };
}

function folderPlace(folder: string): Place {
  return {
    title: folder,
    get: (file) => orUndefined(readFile(join(folder, file))),
    archives: async () => {
      const names = (await orUndefined(readdir(folder))) ?? [];
      return names.filter((name) => name.endsWith(".tar.gz")).sort();
    },
  };
}

/** Undefined in place of the error that there is no such file. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
