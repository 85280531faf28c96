import { cifar10, cifar100 } from "./cifar";
import type { Dataset } from "./examples";
import { fashionMnist } from "./fashion-mnist";
import { mnist } from "./mnist";
import type { Source } from "./source";

/** The sets that others published. */
export const sources = { mnist, "fashion-mnist": fashionMnist, cifar10, cifar100 } satisfies Record<
  string,
  Source
>;

/** The sets that are drawn here, from a seed. */
export const makers = {
  scenes: async (options: { seed?: number }) => (await import("./scenes")).makeScenes(options),
  "pen-digits": async (options: { seed?: number }) => (await import("./pen-digits")).makePenDigits(options),
} satisfies Record<string, (options: { seed?: number }) => Promise<Dataset>>;

/** A data set that `loadDataset` knows. */
export type DatasetName = keyof typeof sources | keyof typeof makers;

/** The names of all data sets that there are. */
export const datasetNames = [...Object.keys(sources), ...Object.keys(makers)] as DatasetName[];
