import type { tf } from "../engine";
import { roleOf, weightedLayers, weightsOf, type NamedLayer, type Weight } from "./layers";

/** A convolution and its kernels, `[height, width, channels, units]`. */
export interface NamedKernel extends NamedLayer {
  kernel: Weight;
}

/** The convolutions that have a kernel for each unit, from input to output. */
export function kernelsOf(model: tf.LayersModel): NamedKernel[] {
  return weightedLayers(model).flatMap((named) => {
    // Others have kernels of four axes too, in another order: Conv2DTranspose, ConvLSTM2D.
    if (named.layer.getClassName() !== "Conv2D") return [];
    const kernel = weightsOf(named.layer).find((weight) => roleOf(weight) === "kernel");
    return kernel ? [{ ...named, kernel }] : [];
  });
}

/** The kernels of one convolution.
 * @param name As `summarize` calls it; the first convolution where it is left out.
 * @param action What needs them, for the error.
 * @throws RangeError where there is none of that name; Error where there is no convolution at all. */
export function kernelNamed(model: tf.LayersModel, name: string | undefined, action: string): NamedKernel {
  const all = kernelsOf(model);
  if (all.length === 0) throw new Error(`Cannot ${action} of "${model.name}": it has no convolution.`);
  const found = name === undefined ? all[0] : all.find((one) => one.name === name);
  if (!found)
    throw new RangeError(
      `Cannot ${action} of "${name}": the convolutions are ${all.map((one) => `"${one.name}"`).join(", ")}.`,
    );
  return found;
}
