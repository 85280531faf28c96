/** Where a command's examples come from. */
import {
  datasetNames,
  imageFolder,
  loadDataset,
  type DatasetName,
  type Fit,
  type ImageFolder,
  type InputLike,
} from "../helpers";

export interface DataOptions {
  /** The model whose input the pictures are fitted to. */
  like?: InputLike;
  /** Which pictures are held out, where no folder says so. */
  seed?: number;
  fit?: Fit;
  signal?: AbortSignal;
}

/** A data set by its name, else a folder or an archive of one's own pictures. */
export async function openData(
  what: string,
  { fit, ...options }: DataOptions,
): Promise<Omit<ImageFolder, "report"> & Partial<Pick<ImageFolder, "report">>> {
  return isName(what) ? await loadDataset(what, options) : await imageFolder(what, { fit, ...options });
}

function isName(what: string): what is DatasetName {
  return datasetNames.includes(what as DatasetName);
}
