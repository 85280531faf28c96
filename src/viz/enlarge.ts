import type { Raster } from "./raster";

/** Repeats pixels until an image has this size. */
export function enlarge(image: Raster, height: number, width: number): Raster {
  if (image.height === height && image.width === width) return image;
  const { channels } = image;
  const pixels = new Float32Array(height * width * channels);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = Math.floor((y * image.height) / height) * image.width;
      const at = (from + Math.floor((x * image.width) / width)) * channels;
      for (let c = 0; c < channels; c++) pixels[i++] = image.pixels[at + c];
    }
  return { ...image, pixels, height, width };
}
