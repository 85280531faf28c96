/** The explorer where nothing runs: the unit in pictures and in words. */
import { imageGroups, type ImageGroup, type Raster } from "../../viz";
import type { Still } from "../widget";
import { answersOn } from "./overlay";
import { polarThumb, TUNING_COLOURS } from "./polar";
import type { ExplorerState, Thumb } from "./state";

const SIDE = 160; // px of every picture
const SCALE = 0.5;

/** The state as a picture and in words. */
export function stillOfExplorer(state: ExplorerState): Still {
  const { png, width, height } = imageGroups(groupsOf(state), {
    columns: 9,
    scale: SCALE,
    title: `Filter explorer: unit ${state.unit} of ${state.layer}`,
  });
  return {
    data: { "text/plain": wordsOf(state), "image/png": png.toString("base64") },
    metadata: { "image/png": { width, height } },
  };
}

function groupsOf({ look, images, photo, map }: ExplorerState): ImageGroup[] {
  const groups: ImageGroup[] = [];
  const add = (heading: string, images: Raster[]): void => {
    if (images.length > 0) groups.push({ heading, images });
  };
  if (look) {
    if (look.kernel)
      add(`Its kernel (grey: no weight${look.turned ? "; sign turned, as batch norm does" : ""})`, [
        raster(look.kernel),
      ]);
    const fed = look.feeds.map(({ unit, weights }) => raster(weights, `unit ${unit}`));
    add(`How units of ${look.below} feed it (orange excites, blue inhibits)`, fed);
    if (look.tuning)
      add(
        `Detects: ${look.tuning.kind}. How strongly it answers to figures at each angle (0° lies, 90° stands): ${TUNING_COLOURS}`,
        [raster(polarThumb(look.tuning, SIDE))],
      );
    if (look.preferred) add("What it would like to see", [raster(look.preferred)]);
    add(
      `What excites it most in ${look.searched < images ? `${look.searched} of ` : ""}${images} photographs`,
      look.patches.map(({ picture }) => raster(picture)),
    );
  }
  if (photo) {
    const words = map && map.strongest > 0 ? "where the\nunit answers" : "the unit is\nsilent here";
    const shown = map && map.stride.x > 0 ? [raster(answersOn(photo, map), words)] : [];
    add("The photograph", [raster(photo.picture, photo.name), ...shown]);
  }
  return groups;
}

function wordsOf({ layer, unit, look, at }: ExplorerState): string {
  const lines = [`Filter explorer: unit ${unit} of ${layer}`];
  if (look) {
    lines.push(`It sees ${look.sees.height}×${look.sees.width} px.`);
    if (look.tuning) lines.push(`Census: ${look.tuning.kind}; most excited by ${look.tuning.best}.`);
    if (look.feeds.length > 0)
      lines.push(`Fed most by units ${look.feeds.map((feed) => feed.unit).join(", ")} of ${look.below}.`);
    lines.push(`Most excited by photographs ${look.patches.map((patch) => patch.image).join(", ")}.`);
  }
  if (at) {
    const answers = at.answers.map((one) => `${one.unit} (${one.value.toFixed(2)})`).join(", ");
    lines.push(`At (${at.x}, ${at.y}) of photograph ${at.image} answer most: ${answers}.`);
  }
  return lines.join("\n");
}

/** A picture of the one size, in its middle, with large pixels. */
function raster({ height, width, rgb }: Thumb, label?: string): Raster {
  const pixels = new Uint8Array(SIDE * SIDE * 3).fill(255);
  const scale = SIDE / Math.max(height, width);
  const [top, left] = [height, width].map((side) => Math.floor((SIDE - side * scale) / 2));
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const [row, column] = [Math.floor((y - top) / scale), Math.floor((x - left) / scale)];
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const from = (row * width + column) * 3;
      pixels.set(rgb.subarray(from, from + 3), (y * SIDE + x) * 3);
    }
  return { pixels, height: SIDE, width: SIDE, channels: 3, range: [0, 255], ...(label && { label }) };
}
