import { activations, imageAt, pick, type Examples, type LayerActivations, type tf } from "../helpers";
import { enlarge } from "./enlarge";
import { showPicture } from "./picture";
import { imageGrid, type Raster } from "./raster";

export interface ShowFeatureMapsOptions {
  /** Names as in `summarize`; a row or two each, in this order. */
  layers: readonly string[];
  /** How many channels of each layer, eight a line; 8. Those with the strongest answer come first. */
  channels?: number;
  /** Which of the examples; the first. */
  image?: number;
  title?: string;
}

const ROOM = 610; // CSS px, across
const GAP = 4;
const COLUMNS = 8;

/** Shows what layers make of one image: the image, and below it for each layer the maps of the channels that
 * answer most strongly. White is a map's own strongest answer, black its weakest; below it stands the number of
 * its channel.
 * @param model Borrowed.
 * @throws RangeError where a layer or the image isn't there.
 * @example
 * await showFeatureMaps(source, photos.test, { image: 3, layers: ["relu1", "relu2"] }); */
export async function showFeatureMaps(
  model: tf.LayersModel,
  examples: Examples,
  { layers, channels = COLUMNS, image = 0, title }: ShowFeatureMapsOptions,
): Promise<void> {
  if (layers.length === 0 || !(Number.isInteger(channels) && channels >= 1))
    throw new RangeError(
      `Cannot show feature maps: it takes layers, and a whole number of channels from 1. Received: ${layers.length} layers, ${channels} channels.`,
    );
  const one = pick(examples, [image]);
  const rows = await activations(model, one, { layers });
  const columns = Math.min(COLUMNS, Math.max(...rows.map((row) => Math.min(channels, row.channels))));
  const input: Raster = { ...one.input, pixels: imageAt(one, 0) };
  const height = Math.max(input.height, ...rows.map((row) => row.height));
  const width = Math.max(input.width, ...rows.map((row) => row.width));

  const grid: Raster[] = [];
  const rowLabels: string[] = [];
  const add = (label: string, images: Raster[]): void => {
    for (let start = 0; start < images.length; start += columns) {
      const line = images.slice(start, start + columns).map((each) => enlarge(each, height, width));
      grid.push(...line, ...Array.from({ length: columns - line.length }, () => blank(height, width)));
      rowLabels.push(start === 0 ? label : "");
    }
  };
  add("the image", [input]);
  for (const row of rows) add(row.layer, mapsOf(row, channels));

  const labels = 7 * Math.max(...rowLabels.map((label) => label.length)); // CSS px, about
  const fits = (ROOM - labels - COLUMNS * GAP) / COLUMNS / width;
  // Half a CSS pixel is one of the picture's own: so all pixels stay of one size.
  const scale = fits < 1 ? fits : Math.min(3, Math.floor(2 * fits) / 2);
  const shown = rows
    .map(({ layer, channels: all }) => `${layer} (${Math.min(channels, all)} of ${all} maps)`)
    .join(", ");
  const alternative = `What ${shown} make of an image of class ${one.classes[one.labels[0]]}: the strongest answers first, white the strongest of each map`;
  const heading = title ?? "Where channels of each layer answer: white is strong";
  showPicture(imageGrid(grid, { columns, scale, gap: GAP, title: heading, rowLabels }), alternative);
}

/** The maps of the channels with the strongest answers. */
function mapsOf({ height, width, channels, values }: LayerActivations, most: number): Raster[] {
  const maps = Array.from({ length: channels }, (_, channel) => {
    const pixels = Float32Array.from({ length: height * width }, (_, i) => values[i * channels + channel]);
    return { channel, pixels, peak: pixels.reduce((a, b) => Math.max(a, b)) };
  });
  const shown = maps.sort((a, b) => b.peak - a.peak).slice(0, most);
  return shown.map(({ channel, pixels, peak }) => {
    const low = pixels.reduce((a, b) => Math.min(a, b));
    // A flat map is black.
    const range: [number, number] = [low, peak > low ? peak : low + 1 + Math.abs(low)];
    return { pixels, height, width, channels: 1, range, label: String(channel) };
  });
}

/** A white place. */
function blank(height: number, width: number): Raster {
  return { pixels: new Uint8Array(height * width), height, width, channels: 1, range: [-1, 0] };
}
