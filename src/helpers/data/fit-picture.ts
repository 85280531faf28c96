import type { Fit } from "./photo";
import { resizer } from "./resize";

interface Size {
  height: number; // px
  width: number; // px
}

/** Brings a picture into a size by the triangle filter that `adapt` uses, its middle in the middle.
 * @param pixels `[height, width, 3]`.
 * @param background What the bars of `pad` show.
 * @returns `[to.height, to.width, 3]`, 0…255. */
export function fitPicture(
  pixels: Uint8Array,
  from: Size,
  to: Size,
  { fit, background }: { fit: Fit; background: readonly number[] },
): Uint8Array {
  const scaled = scaledSize(from, to, fit);
  const resized = resizer(from, scaled, 3)(pixels);
  const fitted = new Uint8Array(to.height * to.width * 3);
  const top = Math.floor((to.height - scaled.height) / 2);
  const left = Math.floor((to.width - scaled.width) / 2);
  for (let y = 0, i = 0; y < to.height; y++)
    for (let x = 0; x < to.width; x++) {
      const [row, column] = [y - top, x - left];
      const inside = row >= 0 && row < scaled.height && column >= 0 && column < scaled.width;
      const at = 3 * (row * scaled.width + column);
      for (let c = 0; c < 3; c++) fitted[i++] = Math.round(inside ? resized[at + c] : background[c]);
    }
  return fitted;
}

/** Whether a picture has to grow in some direction. */
export function isEnlarged(from: Size, to: Size, fit: Fit): boolean {
  const { height, width } = scaledSize(from, to, fit);
  return height > from.height || width > from.width;
}

/** What becomes of the whole picture, before it is cut or gets bars. */
function scaledSize(from: Size, to: Size, fit: Fit): Size {
  if (fit === "stretch") return to;
  const [down, across] = [to.height / from.height, to.width / from.width];
  const scale = fit === "crop" ? Math.max(down, across) : Math.min(down, across);
  return {
    height: Math.max(1, Math.round(from.height * scale)),
    width: Math.max(1, Math.round(from.width * scale)),
  };
}
