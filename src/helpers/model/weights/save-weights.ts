import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { tf } from "../../engine";
import { roleOf, weightedLayers, weightsOf } from "../layers";
import type { Writer } from "./file-layers";
import { layoutOf, toFile } from "./layout";
import { writeSafetensors } from "./safetensors";
import type { FileTensors } from "./tensors";

/** PyTorch's names for the roles of a weight. */
const TORCH_ROLES: Record<string, string> = {
  kernel: "weight",
  depthwise_kernel: "weight",
  gamma: "weight",
  beta: "bias",
  moving_mean: "running_mean",
  moving_variance: "running_var",
};

/** Writes the weights of a model as safetensors, for Python or for {@link loadWeights}. The file appears whole or
 * not at all; one that stands there already is replaced.
 * @param file Its folder is made where it doesn't exist.
 * @param options.layout `"torch"`, where it is left out: names and order of axes as in a PyTorch module whose
 *   layers are called as the model's are, so that `module.load_state_dict(load_file(path))` takes it.
 *   `"keras"`: `"conv1/kernel"`, in TensorFlow's order.
 * @throws Error where the layout in PyTorch isn't known for a layer, or the file cannot be written.
 * @example
 * await saveWeights(model, "convnet.safetensors"); */
export async function saveWeights(
  model: tf.LayersModel,
  file: string,
  { layout = "torch" }: { layout?: Writer } = {},
): Promise<void> {
  if (layout !== "torch" && layout !== "keras")
    throw new Error(
      `Cannot save weights: the layout is "torch" or "keras". Received: ${JSON.stringify(layout)}.`,
    );
  const tensors = await tensorsOf(model, layout);
  const format = layout === "torch" ? "pt" : "keras"; // "pt" is what Python's readers look for
  const bytes = writeSafetensors(tensors, { format, model: model.name });
  const target = resolve(file);
  const part = `${target}.${process.pid}.part`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(part, bytes);
    await rename(part, target);
  } catch (cause) {
    throw new Error(`Cannot save weights as "${file}": ${(cause as Error).message}`, { cause });
  } finally {
    await rm(part, { force: true });
  }
}

async function tensorsOf(model: tf.LayersModel, writer: Writer): Promise<FileTensors> {
  const tensors: FileTensors = new Map();
  for (const { name, layer } of weightedLayers(model))
    for (const weight of weightsOf(layer)) {
      const role = roleOf(weight);
      const layout = layoutOf(model, layer, weight, writer);
      const value = tf.tidy(() => toFile(weight.read(), layout));
      tensors.set(
        writer === "keras" ? `${name}/${role}` : `${name.replaceAll("/", ".")}.${TORCH_ROLES[role] ?? role}`,
        { shape: layout.shape, values: (await value.data()) as Float32Array },
      );
      value.dispose();
    }
  return tensors;
}
