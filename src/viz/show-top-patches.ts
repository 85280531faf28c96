import type { TopPatches } from "../helpers";
import { showPicture } from "./picture";
import { imageGrid, type Raster } from "./raster";

export interface ShowTopPatchesOptions {
  /** Which units; the first 12 of those whose patches were found. */
  units?: readonly number[];
  title?: string;
}

const ROOM = 550; // CSS px, across
const MOST_ROWS = 12;
const GAP = 3;
const LARGEST = 56; // CSS px, of one patch

/** Shows the patches that excite units most, a row for each unit, the strongest first. Grey is what lies
 * outside of the image.
 * @throws RangeError where a unit's patches weren't found.
 * @example
 * await showTopPatches(await topPatches(source, "conv2", photos.test), { units: [3, 17] }); */
export async function showTopPatches(
  patches: TopPatches,
  { units, title }: ShowTopPatchesOptions = {},
): Promise<void> {
  const { layer, height, width, count } = patches;
  const known = new Map(patches.units.map((one) => [one.unit, one.patches]));
  const shown = units ?? [...known.keys()].slice(0, MOST_ROWS);
  const missing = shown.find((unit) => !known.has(unit));
  if (shown.length === 0 || missing !== undefined)
    throw new RangeError(
      `Cannot show the patches of ${missing === undefined ? "no units" : `unit ${missing}`}: the units are ${[...known.keys()].join(", ")}.`,
    );
  const rows = shown.map((unit) => known.get(unit)!);
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const blank: Raster = {
    pixels: new Uint8Array(height * width),
    height,
    width,
    channels: 1,
    range: [-1, 0],
  };
  const images = rows.flatMap((row) => [
    ...row.map(({ pixels, height, width, channels, range }) => ({ pixels, height, width, channels, range })),
    ...Array.from({ length: columns - row.length }, () => blank),
  ]);
  const fits = Math.min(LARGEST, ROOM / columns - GAP) / width;
  const scale = fits < 1 ? fits : Math.floor(2 * fits) / 2;
  const picture = imageGrid(images, {
    columns,
    scale,
    gap: GAP,
    title: title ?? `What excites units of ${layer} most (${height}×${width} px; grey: outside the image)`,
    rowLabels: shown.map((unit) => `unit ${unit}`),
  });
  const lines = shown.map(
    (unit, i) => `unit ${unit}: images ${rows[i].map(({ image }) => image).join(", ")}`,
  );
  showPicture(
    picture,
    `The patches of ${count.toLocaleString("en")} images that excite units of ${layer} most, ${height}×${width} px each\n${lines.join("\n")}`,
  );
}
