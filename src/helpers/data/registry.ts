import { cifar10, cifar100 } from "./cifar";
import type { Dataset, InputSpec } from "./examples";
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

const madeInputs: Record<keyof typeof makers, InputSpec> = {
  scenes: { type: "image", height: 32, width: 32, channels: 3, range: [0, 255] },
  "pen-digits": { type: "image", height: 28, width: 28, channels: 1, range: [0, 255] },
};

/** A data set that `loadDataset` knows. */
export type DatasetName = keyof typeof sources | keyof typeof makers;

/** The names of all data sets that there are. */
export const datasetNames = [...Object.keys(sources), ...Object.keys(makers)] as DatasetName[];

/** What the images of a set look like: known before it is loaded or drawn. */
export function inputOf(name: DatasetName): InputSpec {
  return name in sources
    ? sources[name as keyof typeof sources].input
    : madeInputs[name as keyof typeof makers];
}
