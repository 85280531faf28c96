import type { tf } from "../engine";
import { kernelNamed } from "../model";
import { nextTurn } from "../next-turn";
import { gaborR2 } from "./gabor";
import { readSpectrum } from "./spectrum";
import type { Filter, FilterKind, FirstLayerFilters } from "./types";

const ORDER: readonly FilterKind[] = ["oriented", "blob", "neither"];

/** The kernels of a network's first convolution as pictures, and what each one looks for: edges of one angle, a
 * colour or a brightness, or neither.
 *
 * A kernel is read by its first colour component: the mixture of its channels that holds most of it. With 3×3
 * weights a Gabor function has about as many parameters as the kernel has weights, and fits anything.
 *
 * @param model Any layers model whose first convolution takes 1 or 3 channels; borrowed.
 * @returns Plain values.
 * @throws Error where there is no convolution, or it takes another number of channels.
 * @see Olshausen & Field (1996), Emergence of simple-cell receptive field properties by learning a sparse code
 *   for natural images; Krizhevsky et al. (2012), Figure 3, for filters like these.
 * @example
 * const { filters } = await firstLayerFilters(source);
 * const edges = filters.filter(({ kind }) => kind === "oriented"); */
export async function firstLayerFilters(model: tf.LayersModel): Promise<FirstLayerFilters> {
  const { name, kernel } = kernelNamed(model, undefined, "read the first filters");
  const [height, width, channels, units] = kernel.shape as number[];
  if (channels !== 1 && channels !== 3)
    throw new Error(
      `Cannot read the filters of "${name}": it has to take 1 or 3 channels. It takes ${channels}.`,
    );
  const values = await kernel.read().data();
  const filters: Filter[] = [];
  for (let unit = 0; unit < units; unit++) {
    const weights = Float64Array.from(
      { length: height * width * channels },
      (_, i) => values[i * units + unit],
    );
    const component = firstComponent(weights, channels);
    filters.push({
      unit,
      ...readSpectrum(component, height, width),
      gaborR2: gaborR2(component, height, width),
      pixels: scaledForTheEye(weights),
    });
    if (unit % 8 === 7) await nextTurn();
  }
  return { layer: name, height, width, channels, filters: sorted(filters) };
}

/** By kind, edges by angle, the others in the layer's own order. */
function sorted(filters: readonly Filter[]): Filter[] {
  const angle = (filter: Filter): number => (filter.kind === "oriented" ? filter.angle : 0);
  return [...filters].sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || angle(a) - angle(b) || a.unit - b.unit,
  );
}

/** Its largest weight becomes 1 or −1, no weight 0. */
function scaledForTheEye(weights: Float64Array): Float32Array {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
  return Float32Array.from(weights, (weight) => weight / largest);
}

/** The mixture of channels that holds most of a kernel: its weights along the leading eigenvector of
 * `Σ w wᵀ` over positions, found by squaring. Its sign is the one in which the vector's sum is positive.
 * @param weights `[positions, channels]`, row-major.
 * @returns `[positions]`. */
function firstComponent(weights: Float64Array, channels: number): Float64Array {
  if (channels === 1) return weights;
  const positions = weights.length / channels;
  const at = (position: number, channel: number): number => weights[position * channels + channel];
  const axes = Array.from({ length: channels }, (_, c) => c);
  let products = axes.map((a) =>
    axes.map((b) => {
      let sum = 0;
      for (let p = 0; p < positions; p++) sum += at(p, a) * at(p, b);
      return sum;
    }),
  );
  // Squaring the matrix over and over leaves its leading eigenvector in every column.
  for (let round = 0; round < 12; round++) {
    const trace = axes.reduce((sum, a) => sum + products[a][a], 0) || 1;
    const old = products.map((row) => row.map((value) => value / trace));
    products = axes.map((a) => axes.map((b) => axes.reduce((sum, c) => sum + old[a][c] * old[c][b], 0)));
  }
  const column = axes.reduce((most, a) => (products[a][a] > products[most][most] ? a : most), 0);
  const vector = axes.map((a) => products[a][column]);
  const length = Math.hypot(...vector) || 1;
  const sign = vector.reduce((sum, value) => sum + value, 0) < 0 ? -1 : 1;
  return Float64Array.from({ length: positions }, (_, p) =>
    axes.reduce((sum, c) => sum + (sign * vector[c] * at(p, c)) / length, 0),
  );
}
