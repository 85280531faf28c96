/** A photograph with the places in colour where a unit answers. */
import type { FeatureMap, Photo, Thumb } from "./state";

const ORANGE = [255, 120, 0];
const DENSEST = 0.75;

/** The photograph's picture, orange where the unit answers, as the page draws it. */
export function answersOn({ height, width, picture }: Photo, map: FeatureMap): Thumb {
  const rgb = Uint8Array.from(picture.rgb);
  const cell = (at: number, first: number, stride: number): number =>
    Math.floor((at - (first - stride / 2)) / stride);
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) {
      const row = cell(((y + 0.5) * height) / picture.height, map.first.y, map.stride.y);
      const column = cell(((x + 0.5) * width) / picture.width, map.first.x, map.stride.x);
      if (row < 0 || row >= map.rows || column < 0 || column >= map.columns) continue;
      const share = (DENSEST * map.values[row * map.columns + column]) / 255;
      const i = 3 * (y * picture.width + x);
      for (let c = 0; c < 3; c++) rgb[i + c] = Math.round(rgb[i + c] + share * (ORANGE[c] - rgb[i + c]));
    }
  return { ...picture, rgb };
}
