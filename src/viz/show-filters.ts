import { weightedLayers, weightsOf, type tf } from "../helpers";
import { showPicture } from "./picture";
import { imageGrid, type Raster } from "./raster";

/** Shows the first convolution's kernels as small colour pictures. Grey is a weight of zero; each kernel is
 * scaled by its own largest weight, so that faint ones show too.
 * @param model Borrowed. Its first convolution takes 1 or 3 channels.
 * @throws Error where there is no such convolution.
 * @example
 * await showFilters(source); */
export async function showFilters(model: tf.LayersModel, { title }: { title?: string } = {}): Promise<void> {
  const first = weightedLayers(model).find(({ layer }) => weightsOf(layer)[0].shape.length === 4);
  if (!first) throw new Error(`Cannot show the filters of "${model.name}": it has no convolution.`);
  const kernel = weightsOf(first.layer)[0];
  const [height, width, channels, filters] = kernel.shape as number[];
  if (channels !== 1 && channels !== 3)
    throw new Error(
      `Cannot show the filters of "${first.name}" as pictures: it has to take 1 or 3 channels. It takes ${channels}.`,
    );
  const values = await kernel.read().data();
  const images = Array.from({ length: filters }, (_, filter): Raster => {
    const pixels = Float32Array.from(
      { length: height * width * channels },
      (_, i) => values[i * filters + filter],
    );
    const largest = pixels.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
    return { pixels, height, width, channels, range: [-largest, largest] };
  });
  const scale = Math.max(2, Math.round(40 / width));
  const columns = Math.min(16, Math.ceil(Math.sqrt(2 * filters)));
  const alternative = `The ${filters} filters of ${first.name}, ${height}×${width} pixels each`;
  showPicture(imageGrid(images, { columns, scale, title: title ?? alternative }), alternative);
}
