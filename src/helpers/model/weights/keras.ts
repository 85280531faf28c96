/** Keras' files: `.weights.h5`, the older `.h5` of weights or of a whole model, and `.keras`, an archive with
 * the first inside. */
import { readHdf5 } from "./hdf5";
import type { FileTensors } from "./tensors";
import { takeFromZip } from "./zip";

/** What a file keeps beside the weights: the optimizer's state, the counts of metrics, the state of chance. */
const BESIDE = /^(optimizer|optimizer_weights|metrics)(\/|$)|(^|\/)seed_generator(\/|$)/;

/** The weights in a `.weights.h5` or `.h5` file of Keras 2 or 3, without an optimizer's state.
 * @returns By path: `"layers/conv2d/vars/0"`, in older files `"conv1/conv1/kernel:0"`.
 * @throws Error where the file is damaged, or holds no weights.
 * @example
 * readKerasH5(await readFile("net.weights.h5")).get("layers/dense/vars/0")?.shape; // [2048, 10] */
export function readKerasH5(bytes: Uint8Array): FileTensors {
  const tensors = readHdf5(bytes, (path) => !BESIDE.test(path));
  if (tensors.size === 0) throw new Error("Cannot read Keras' weights: the HDF5 file holds none.");
  return tensors;
}

/** The weights in a `.keras` file of Keras 2.12 or later.
 * @returns By path, as {@link readKerasH5} has them.
 * @throws Error where the archive is damaged, or holds no `model.weights.h5`.
 * @example
 * const tensors = await readKeras(await readFile("net.keras")); */
export async function readKeras(bytes: Uint8Array): Promise<FileTensors> {
  const found = await takeFromZip(bytes, "model.weights.h5");
  if (found.bytes) return readKerasH5(found.bytes);
  if (found.names.some((name) => name.endsWith("/data.pkl")))
    throw new Error(
      "Cannot read PyTorch's own format, which can hold any program: write safetensors instead, with safetensors.torch.save_file(model.state_dict(), path).",
    );
  throw new Error(
    `Cannot read the .keras file: it holds no model.weights.h5. It holds ${found.names.slice(0, 5).join(", ") || "nothing"}.`,
  );
}
