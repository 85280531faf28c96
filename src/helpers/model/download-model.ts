import { access, constants, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cacheFolder, fetchFolder, type FolderOptions } from "../data";
import { report } from "../report";
import { readModelFolder, type Checksums, type ModelFiles } from "./model-file";
import { listWeightFiles } from "./model-json";

export interface DownloadModelOptions extends Pick<
  FolderOptions,
  "progress" | "signal" | "timeoutMs" | "backOffMs"
> {
  /** The most that is downloaded, in MB; 500 where it is left out. */
  maxMB?: number;
}

/** Downloads a layers model into the cache; where that can't be written, into a folder that goes again.
 * @param address That of its `model.json`; the weight files lie beside it.
 * @param cached Where it is kept.
 * @returns Its files, checked, or undefined where the address has no model.json.
 * @throws Error where it can't be had, is damaged, too large, or no layers model. */
export async function downloadModel(
  address: string,
  { name, checksums }: { name: string; checksums?: Checksums },
  cached: string,
  { maxMB = 500, progress, signal, timeoutMs, backOffMs }: DownloadModelOptions,
): Promise<ModelFiles | undefined> {
  let files: ModelFiles | undefined;
  const fetchTo = (target: string): Promise<boolean> =>
    fetchFolder(target, {
      index: "model.json",
      urlOf: (file) => (file === "model.json" ? address : addressBeside(address, file)),
      list: listWeightFiles,
      check: async (folder) => void (files = await readModelFolder(folder, checksums)),
      maxBytes: maxMB * 1e6,
      task: `Downloading ${name}`,
      ...{ progress, signal, timeoutMs, backOffMs },
    });
  if (await canWrite(dirname(cached)))
    // Without files, somebody else in this process has just downloaded the same.
    return (await fetchTo(cached)) ? (files ?? (await readModelFolder(cached, checksums))) : undefined;
  const passing = await mkdtemp(join(tmpdir(), "transfer-lab-"));
  try {
    if (!(await fetchTo(join(passing, "model")))) return undefined;
    const why = `could not be kept in the cache, ${cacheFolder()}`;
    report(`${name} ${why}, so it will be downloaded anew next time.`);
    return files;
  } finally {
    await rm(passing, { recursive: true, force: true });
  }
}

/** The address of a file in the same folder. What follows the question mark stays: a signed address signs all. */
function addressBeside(address: string, file: string): string {
  const url = new URL(file.split("/").map(encodeURIComponent).join("/"), address);
  url.search = new URL(address).search;
  return url.href;
}

async function canWrite(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
