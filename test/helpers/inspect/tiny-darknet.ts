/** Tiny Darknet, which others trained on ImageNet, where the tests' real data are. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { tf } from "../../../src/helpers/engine";

const mirror = process.env.TRANSFER_LAB_MIRROR;

/** Why tests that need it are left out; false where they aren't. */
export const skipDarknet = mirror ? false : "needs Tiny Darknet: set TRANSFER_LAB_MIRROR";

type Memory = Parameters<typeof tf.io.fromMemory>[0] & { weightSpecs?: object[] };

interface Manifest {
  modelTopology: object;
  weightsManifest: { paths: string[]; weights: object[] }[];
}

/** The network as it was published, without a card; the caller disposes it. */
export async function loadDarknet(): Promise<tf.LayersModel> {
  const folder = join(mirror!, "tiny-darknet");
  const text = await readFile(join(folder, "model.json"), "utf8");
  const { modelTopology, weightsManifest } = JSON.parse(text) as Manifest;
  const paths = weightsManifest.flatMap((group) => group.paths);
  const parts = await Promise.all(paths.map((path) => readFile(join(folder, path))));
  const weightData = Uint8Array.from(Buffer.concat(parts)).buffer;
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData } as Memory));
}
