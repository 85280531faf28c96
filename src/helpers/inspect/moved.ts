import type { tf } from "../engine";
import { kernelsOf } from "../model";

/** How far the kernels of a layer have moved. */
export interface LayerMovement {
  layer: string;
  /** For each unit |after − before| / |before| of its kernel, with Euclidean norms: 0 = as it was, 1 = as far
   * from where it was as that was from zero. */
  units: Float32Array;
}

/** How far each kernel moved between two states of one network: which filters a transfer changed, and which it
 * found good as they were. Only convolutions are compared.
 *
 * @param before The source; borrowed.
 * @param after What became of it, e.g. by `fineTune`; borrowed.
 * @throws Error where the two have no convolution in common.
 * @example
 * await showMovedFilters(await movedFilters(source, target)); */
export async function movedFilters(before: tf.LayersModel, after: tf.LayersModel): Promise<LayerMovement[]> {
  const moved: LayerMovement[] = [];
  for (const { name: layer, kernel: old } of kernelsOf(before)) {
    const now = kernelsOf(after).find(({ name }) => name === layer)?.kernel;
    if (!now || now.shape.join() !== old.shape.join()) continue;
    const [a, b] = await Promise.all([old.read().data(), now.read().data()]);
    moved.push({ layer, units: movement(a as Float32Array, b as Float32Array, old.shape.at(-1)!) });
  }
  if (moved.length === 0)
    throw new Error(
      `Cannot compare the kernels of "${before.name}" and "${after.name}": they have no convolution in common.`,
    );
  return moved;
}

/** @param units The length of the last axis. */
function movement(before: Float32Array, after: Float32Array, units: number): Float32Array {
  const way = new Float64Array(units);
  const size = new Float64Array(units);
  before.forEach((value, i) => {
    way[i % units] += (after[i] - value) ** 2;
    size[i % units] += value ** 2;
  });
  return Float32Array.from(way, (square, unit) => Math.sqrt(square / (size[unit] || 1)));
}
