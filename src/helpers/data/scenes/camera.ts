/** From the painted canvas to the photograph: focus, exposure, colour cast, noise. */
import type { Random } from "../../random";
import { between } from "./colour";
import { canvasPx, type Canvas } from "./paint";

export const photoPx = 32;

/** Light of one picture: where it comes from, how hard it is. */
export function makeLight(chance: Random): {
  x: number;
  y: number;
  z: number;
  ambient: number;
  direct: number;
  shine: number;
} {
  const [around, up] = [between(-1.6, 1.6, chance), between(0.2, 1.2, chance)];
  const hard = between(0.15, 0.75, chance);
  return {
    x: Math.sin(around) * Math.cos(up),
    y: -Math.sin(up),
    z: Math.abs(Math.cos(around)) * Math.cos(up) + 0.15,
    ambient: 1.05 - hard,
    direct: hard * 1.1,
    shine: between(0.2, 0.8, chance),
  };
}

/** Blurs in place, as a lens does out of focus: means over a box, along the rows, then along the columns.
 * @param radius In pixels, 0 or more. */
export function blur(canvas: Canvas, radius: number): void {
  if (radius < 1) return;
  const size = canvasPx;
  const line = new Float32Array(size);
  for (const [along, across] of [
    [3, size * 3],
    [size * 3, 3],
  ])
    for (let i = 0; i < size; i++)
      for (let c = 0; c < 3; c++) {
        const start = i * across + c;
        for (let j = 0; j < size; j++) line[j] = canvas[start + j * along];
        let [sum, count] = [0, 0];
        for (let k = 0; k < radius; k++, count++) sum += line[k];
        for (let j = 0; j < size; j++) {
          if (j + radius < size) {
            sum += line[j + radius];
            count++;
          }
          if (j > radius) {
            sum -= line[j - radius - 1];
            count--;
          }
          canvas[start + j * along] = sum / count;
        }
      }
}

/** Takes the picture.
 * @param image `[32, 32, 3]`, written to. */
export function takePhoto(canvas: Canvas, chance: Random, image: Uint8Array): void {
  const contrast = between(0.85, 1.45, chance);
  const saturation = between(0.55, 1.1, chance);
  const small = halve(canvas, between(0, 0.5, chance));
  const exposure = meter(small) * Math.exp(0.12 * chance.normal());
  const cast = [0, 1, 2].map(() => exposure * (1 + 0.035 * chance.normal()));
  const noise = 0.002 + 0.014 * chance.uniform() * chance.uniform();
  const fade = between(0, 0.35, chance) * chance.uniform(); // darker corners
  const size = photoPx;
  for (let p = 0; p < size * size; p++) {
    const x = (p % size) / size - 0.5;
    const y = Math.floor(p / size) / size - 0.5;
    const corner = 1 - fade * 2 * (x * x + y * y);
    const grain = noise * chance.normal();
    const grey = 0.3 * small[p * 3] + 0.59 * small[p * 3 + 1] + 0.11 * small[p * 3 + 2];
    for (let c = 0; c < 3; c++) {
      const colour = (grey + (small[p * 3 + c] - grey) * saturation) * cast[c] * corner;
      const value = 0.47 + (colour - 0.47) * contrast + grain;
      image[p * 3 + c] = Math.max(0, Math.min(255, Math.round(255 * value)));
    }
  }
}

/** The exposure that brings a dark or a bright scene nearer to middle grey, as a camera's meter does. */
function meter(picture: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < picture.length; i++) sum += picture[i];
  return Math.pow(0.54 / Math.max(0.08, sum / picture.length), 0.4);
}

/** Half the size: each pixel is the mean of four, with a share of the eight beside them. */
function halve(canvas: Canvas, soft: number): Float32Array {
  const [size, row] = [photoPx, canvasPx * 3];
  const small = new Float32Array(size * size * 3);
  const [inner, outer] = [(1 - soft) / 4, soft / 8];
  for (let y = 0; y < size; y++) {
    const [above, below] = [y === 0 ? 0 : -row, y === size - 1 ? row : 2 * row];
    for (let x = 0; x < size; x++) {
      const [left, right] = [x === 0 ? 0 : -3, x === size - 1 ? 3 : 6];
      for (let c = 0; c < 3; c++) {
        const p = 2 * y * row + 6 * x + c;
        const own = canvas[p] + canvas[p + 3] + canvas[p + row] + canvas[p + row + 3];
        const beside =
          canvas[p + left] + canvas[p + row + left] + canvas[p + right] + canvas[p + row + right];
        const ends = canvas[p + above] + canvas[p + above + 3] + canvas[p + below] + canvas[p + below + 3];
        small[(y * size + x) * 3 + c] = inner * own + outer * (beside + ends);
      }
    }
  }
  return small;
}
