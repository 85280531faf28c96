import type { PreferredImage } from "../helpers";
import { enlarge } from "./enlarge";
import { showPicture } from "./picture";
import { imageGroups, type Raster } from "./raster";

const ROOM = 610; // CSS px, across
const GAP = 6;
const COLUMNS = 8;
const MOST_COLUMNS = 20;
const LARGEST = 144; // CSS px, of one image
const DENSITY = 2; // of the picture's own pixels to one CSS px

export interface ShowPreferredImagesOptions {
  /** What units are called, by their number: of an output layer the classes. `"unit 7"` where it is left out. */
  names?: readonly string[];
  /** How many in a row; up to eight where it is left out. */
  columns?: number;
  title?: string;
}

/** Shows what units would most like to see, those of each layer together. All images are drawn at one size: the
 * heading says how many pixels of the network's input they are.
 * @param images From `preferredImage` or `preferredImages`; lists of several layers may stand in one list.
 * @throws RangeError where there are none, they have neither one channel nor three, or a row has no room.
 * @example
 * const layers = ["conv1", "conv2", "conv3"];
 * const images = [];
 * for (const layer of layers) images.push(await preferredImages(source, layer, [0, 1, 2, 3]));
 * await showPreferredImages(images); */
export async function showPreferredImages(
  images: PreferredImage | readonly (PreferredImage | readonly PreferredImage[])[],
  { names, columns, title }: ShowPreferredImagesOptions = {},
): Promise<void> {
  const all = [images].flat(2) as PreferredImage[];
  if (all.length === 0) throw new RangeError("Cannot show preferred images: there are none.");
  const layers = [...new Set(all.map(({ layer }) => layer))].map((layer) =>
    all.filter((image) => image.layer === layer),
  );
  const across = columns ?? Math.min(COLUMNS, Math.max(...layers.map(({ length }) => length)));
  if (!(Number.isInteger(across) && across >= 1 && across <= MOST_COLUMNS))
    throw new RangeError(
      `Cannot show preferred images: columns are a whole number from 1 to ${MOST_COLUMNS}. Received: ${across}.`,
    );
  const side = Math.min(LARGEST, Math.floor(ROOM / across) - GAP);
  const pixels = Math.max(DENSITY * side, ...all.map(({ height, width }) => Math.max(height, width)));
  const nameOf = ({ unit }: PreferredImage): string => names?.[unit] ?? `unit ${unit}`;
  const drawn = (image: PreferredImage): Raster => {
    const { height, width } = image;
    const times = pixels / Math.max(height, width);
    const label = nameOf(image);
    return enlarge({ ...image, label }, Math.round(height * times), Math.round(width * times));
  };
  const headings = layers.map(([{ layer, height, width }]) => `${layer} (${height}×${width} px)`);
  const who = all.length === 1 ? nameOf(all[0]) : "units";
  const subject = layers.length > 1 ? "units" : `${who} of ${headings[0]}`;
  const picture = imageGroups(
    layers.map((members, i) => ({
      heading: layers.length > 1 ? headings[i] : undefined,
      images: members.map(drawn),
    })),
    {
      columns: across,
      scale: side / pixels,
      gap: GAP,
      title: title ?? `What ${subject} would most like to see`,
    },
  );
  const lines = layers.map((members, i) => {
    const answers = members.map(
      (image) => `${nameOf(image)} ${image.start.toFixed(1)} → ${image.activation.toFixed(1)}`,
    );
    return `${headings[i]}: ${answers.join(", ")}`;
  });
  showPicture(
    picture,
    `What units would most like to see, their answers at first and now\n${lines.join("\n")}`,
  );
}
