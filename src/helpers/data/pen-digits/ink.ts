/** From the pen's path to pixels, as MNIST does it: the ink is scaled into a box of 20×20 pixels, and its centre
 * of mass is put at the centre of 28×28. */
import type { Random } from "../../random";
import type { PenPoint } from "./trace";

export const sizePx = 28;
const boxPx = 20;

/** Draws white ink on black.
 * @param image `[28, 28]`, written to. */
export function drawInk(strokes: PenPoint[][], chance: Random, image: Uint8Array): void {
  const ink = new Float32Array(sizePx * sizePx);
  const scaled = fitIntoBox(strokes);
  const softness = 0.5 + 0.3 * chance.uniform(); // half the width of the edge, px
  for (const stroke of scaled) {
    const strength = 1 - 0.12 * chance.uniform() * chance.uniform();
    for (let i = 0; i + 1 < stroke.length; i++)
      drawSegment(ink, stroke[i], stroke[i + 1], strength, softness);
  }
  centre(ink, image, chance);
}

/** The strokes in pixels: the longer side of the ink's bounds takes the box, which sits in the middle. */
function fitIntoBox(strokes: PenPoint[][]): PenPoint[][] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, radius } of strokes.flat()) {
    left = Math.min(left, x - radius);
    right = Math.max(right, x + radius);
    top = Math.min(top, y - radius);
    bottom = Math.max(bottom, y + radius);
  }
  const scale = boxPx / Math.max(right - left, bottom - top);
  const dx = sizePx / 2 - (scale * (left + right)) / 2;
  const dy = sizePx / 2 - (scale * (top + bottom)) / 2;
  return strokes.map((stroke) =>
    // A pen leaves no line thinner than this, however large the digit was written.
    stroke.map(({ x, y, radius }) => ({
      x: scale * x + dx,
      y: scale * y + dy,
      radius: Math.max(0.62, scale * radius),
    })),
  );
}

/** Inks the pixels near a piece of the path: full inside the line, fading over its edge. */
function drawSegment(ink: Float32Array, a: PenPoint, b: PenPoint, strength: number, softness: number): void {
  const reach = Math.max(a.radius, b.radius) + softness;
  const x0 = Math.max(0, Math.floor(Math.min(a.x, b.x) - reach));
  const x1 = Math.min(sizePx - 1, Math.ceil(Math.max(a.x, b.x) + reach));
  const y0 = Math.max(0, Math.floor(Math.min(a.y, b.y) - reach));
  const y1 = Math.min(sizePx - 1, Math.ceil(Math.max(a.y, b.y) + reach));
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy || 1e-9;
  for (let y = y0; y <= y1; y++)
    for (let x = x0; x <= x1; x++) {
      const px = x + 0.5 - a.x;
      const py = y + 0.5 - a.y;
      const t = Math.max(0, Math.min(1, (px * dx + py * dy) / square));
      const distance =
        Math.sqrt((px - t * dx) * (px - t * dx) + (py - t * dy) * (py - t * dy)) -
        (a.radius + t * (b.radius - a.radius));
      const cover = Math.min(1, Math.max(0, 0.5 - (0.5 * distance) / softness)) * strength;
      const p = y * sizePx + x;
      if (cover > ink[p]) ink[p] = cover;
    }
}

/** Moves the ink by whole pixels, and turns it into bytes, a little uneven as on paper. */
function centre(ink: Float32Array, image: Uint8Array, { uniform }: Random): void {
  let [mass, sumX, sumY] = [0, 0, 0];
  for (let p = 0; p < ink.length; p++) {
    mass += ink[p];
    sumX += ink[p] * (p % sizePx);
    sumY += ink[p] * Math.floor(p / sizePx);
  }
  const dx = Math.round((sizePx - 1) / 2 - sumX / mass);
  const dy = Math.round((sizePx - 1) / 2 - sumY / mass);
  image.fill(0);
  for (let y = Math.max(0, -dy); y < Math.min(sizePx, sizePx - dy); y++)
    for (let x = Math.max(0, -dx); x < Math.min(sizePx, sizePx - dx); x++) {
      const value = ink[y * sizePx + x];
      if (value > 0.02)
        image[(y + dy) * sizePx + x + dx] = Math.min(255, 285 * value * (1 - 0.08 * uniform() * uniform()));
    }
}
