import type { Raster } from "./raster";

/** Kernels as pictures: grey is a weight of zero, and each is scaled by its own largest weight.
 * @param kernel `[height, width, channels, units]`, row-major, of 1 or 3 channels. */
export function kernelRasters(
  kernel: ArrayLike<number>,
  [height, width, channels, units]: readonly number[],
): Raster[] {
  return Array.from({ length: units }, (_, unit): Raster => {
    const pixels = Float32Array.from(
      { length: height * width * channels },
      (_, i) => kernel[i * units + unit],
    );
    const largest = pixels.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
    return { pixels, height, width, channels, range: [-largest, largest] };
  });
}
