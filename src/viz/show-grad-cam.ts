import { imageAt, type Examples, type GradCam } from "../helpers";
import { percent } from "./format";
import { showPicture } from "./picture";
import { imageGroups, type Raster } from "./raster";

const COLUMNS = 5;
const SIDE = 112; // CSS px, about: room for a class with its probability
const GAP = 6;
/** The image below the heat keeps its lightness within these, so that black and white take on colour too. */
const DARKEST = 0.15;
const LIGHTEST = 0.75;
/** How much of the image the strongest heat covers. */
const COVER = 0.8;
/** Of the heat from none to the peak, as red, green and blue: the hotter, the lighter. */
const RAMP = [
  [0.28, 0.06, 0.43],
  [0.73, 0.18, 0.35],
  [0.96, 0.5, 0.12],
  [1, 0.93, 0.45],
] as const;

/** Shows what a network looked at: each image with its class, and below it the same in grey with what speaks for
 * the class that the network names, or that was asked for, in colour. Yellow is an image's own strongest evidence;
 * where nothing speaks for a class it says so.
 * @param maps From {@link gradCam}.
 * @param examples The same images, in the same order.
 * @throws RangeError where there is nothing to show, or not one map of its size for each image.
 * @example
 * const few = pick(photos.test, [0, 1, 2]);
 * await showGradCam(await gradCam(source, few), few); */
export async function showGradCam(
  maps: readonly GradCam[],
  examples: Examples,
  { title = "What it looked at: yellow speaks most for the class below" }: { title?: string } = {},
): Promise<void> {
  const { height, width } = examples.input;
  if (examples.count === 0 || maps.length !== examples.count)
    throw new RangeError(
      `Cannot show what it looked at: it takes a map for each image. Received: ${maps.length} for ${examples.count} images.`,
    );
  if (maps.some(({ heat }) => heat.length !== height * width))
    throw new RangeError(
      `Cannot show what it looked at: the maps are of images of another size than ${height}×${width}.`,
    );
  const columns = Math.min(COLUMNS, maps.length);
  const fits = SIDE / width;
  const scale = fits < 1 ? fits : Math.floor(2 * fits) / 2;
  const classOf = (i: number): string => examples.classes[examples.labels[i]];
  const groups = [];
  for (let start = 0; start < maps.length; start += columns) {
    const shown = maps.slice(start, start + columns);
    const images = shown.map((_, i): Raster => {
      const index = start + i;
      return { ...examples.input, pixels: imageAt(examples, index), label: classOf(index) };
    });
    groups.push({ images }, { images: shown.map((map, i) => overlay(map, images[i])) });
  }
  const lines = maps.map((map, i) => {
    const evidence = map.peak > 0 ? `strongest evidence ${map.peak.toPrecision(2)}` : "no evidence";
    return `image ${i}, ${classOf(i)}: ${percent(map.probability, 0)} ${map.name}, ${evidence}`;
  });
  const text = `What it looked at, by the maps of ${maps[0].layer}\n${lines.join("\n")}`;
  showPicture(imageGroups(groups, { columns, scale, gap: GAP, title }), text);
}

/** The image in grey under its heat. */
function overlay({ heat, name, probability, peak }: GradCam, image: Raster): Raster {
  const [low, high] = image.range;
  const pixels = new Float32Array(heat.length * 3);
  heat.forEach((hot, i) => {
    const grey = DARKEST + ((LIGHTEST - DARKEST) * (lightness(image, i) - low)) / (high - low);
    const cover = COVER * hot;
    colourOf(hot).forEach((colour, c) => (pixels[3 * i + c] = (1 - cover) * grey + cover * colour));
  });
  const label = `${percent(probability, 0)} ${name}${peak > 0 ? "" : "\nno evidence"}`;
  return { pixels, height: image.height, width: image.width, channels: 3, range: [0, 1], label };
}

/** How light a pixel is, in the image's range.
 * @see ITU-R BT.601. */
function lightness({ pixels, channels }: Raster, i: number): number {
  if (channels === 1) return pixels[i];
  return 0.299 * pixels[3 * i] + 0.587 * pixels[3 * i + 1] + 0.114 * pixels[3 * i + 2];
}

/** The colour of a heat in 0…1, between those of the ramp. */
function colourOf(heat: number): number[] {
  const place = heat * (RAMP.length - 1);
  const from = Math.min(RAMP.length - 2, Math.floor(place));
  return RAMP[from].map((colour, c) => colour + (place - from) * (RAMP[from + 1][c] - colour));
}
