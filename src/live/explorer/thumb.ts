/** Small pictures for the page. */
import type { Sheet, Thumb } from "./state";

interface Pixels {
  pixels: ArrayLike<number>;
  height: number;
  width: number;
  channels: number;
  range: readonly [number, number];
}

/** A picture in bytes, made smaller where a side is longer than `most` px. */
export function thumbOf({ pixels, height, width, channels, range: [low, high] }: Pixels, most = 96): Thumb {
  const shrink = Math.max(1, Math.max(height, width) / most);
  const [rows, columns] = [height, width].map((side) => Math.max(1, Math.round(side / shrink)));
  const rgb = new Uint8Array(rows * columns * 3);
  for (let y = 0, i = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const row = Math.floor(((y + 0.5) * height) / rows);
      const from = (row * width + Math.floor(((x + 0.5) * width) / columns)) * channels;
      for (let c = 0; c < 3; c++) {
        const share = (pixels[from + (channels === 3 ? c : 0)] - low) / (high - low);
        rgb[i++] = Math.round(255 * Math.min(1, Math.max(0, share)));
      }
    }
  return { height: rows, width: columns, rgb };
}

const ORANGE = [217, 95, 14];
const BLUE = [33, 102, 172];

/** Weights in colour: white is none, orange the largest above 0, blue the largest below.
 * @param largest What is shown in full colour. */
export function weightsThumb(weights: readonly number[], width: number, largest: number): Thumb {
  const rgb = new Uint8Array(weights.length * 3);
  weights.forEach((weight, i) => {
    const share = Math.min(1, Math.abs(weight) / (largest || 1));
    const full = weight > 0 ? ORANGE : BLUE;
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = Math.round(255 + share * (full[c] - 255));
  });
  return { height: weights.length / width, width, rgb };
}

/** Pictures of one size, one below another. */
export function sheetOf(thumbs: readonly Thumb[]): Sheet {
  const [{ height, width }] = thumbs;
  const rgb = new Uint8Array(thumbs.length * height * width * 3);
  thumbs.forEach((thumb, i) => rgb.set(thumb.rgb, i * height * width * 3));
  return { count: thumbs.length, height, width, rgb };
}
