import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { tf } from "../../engine";
import { readCard, setCard } from "../card";
import { isHdf5 } from "./hdf5";
import { importWeights } from "./import-weights";
import { readKeras, readKerasH5 } from "./keras";
import { isSafetensors, readSafetensors } from "./safetensors";
import type { FileTensors } from "./tensors";
import { isZip } from "./zip";

/** Sets the weights of a model from a file of Keras, PyTorch or this package: safetensors, `.keras`,
 * `.weights.h5` or the older `.h5`; its first bytes tell which. The model's card then names the file, and what
 * it said of the weights before is gone.
 *
 * A file holds numbers, not the network: what it doesn't say is up to the model, and has to be as it was in
 * training (padding, the ε of batch norm, the value range of the input).
 *
 * @param model Changed in place: as a whole, or not at all.
 * @param file The path of a file.
 * @param options.names Where the file has names that aren't known: its name of a layer → the model's.
 * @throws Error where the file is none of these or damaged; where tensors are missing, unexpected, of another
 *   shape or no numbers.
 * @example
 * const model = buildMobileNet({ alpha: 0.25, inputShape: [224, 224, 3], classes: 1000, seed: 1 });
 * await loadWeights(model, "mobilenet.weights.h5"); */
export async function loadWeights(
  model: tf.LayersModel,
  file: string,
  { names }: { names?: Record<string, string> } = {},
): Promise<void> {
  importWeights(model, await readWeightsFile(file), { names, from: basename(file) });
  if (readCard(model))
    setCard(model, {
      trainedOn: [],
      seed: null,
      accuracy: null,
      temperature: undefined,
      source: basename(file),
    });
}

/** The tensors of a file in any of the formats.
 * @throws Error where the file is none of these, or damaged. */
export async function readWeightsFile(file: string): Promise<FileTensors> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new Error(`Cannot load weights from "${file}": ${cause.message}`, { cause });
  });
  try {
    return await readWeights(bytes);
  } catch (cause) {
    throw new Error(`Cannot load weights from "${file}": ${(cause as Error).message}`, { cause });
  }
}

async function readWeights(bytes: Uint8Array): Promise<FileTensors> {
  if (isZip(bytes)) return readKeras(bytes);
  if (isHdf5(bytes)) return readKerasH5(bytes);
  if (isSafetensors(bytes)) return readSafetensors(bytes);
  throw new Error(
    "It is none of safetensors, .keras, .weights.h5 and .h5, or it is damaged at its beginning.",
  );
}
