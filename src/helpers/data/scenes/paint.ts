/** The painter: fills shapes on a canvas, with soft edges and light that falls from one side. */
import type { Skin } from "./skin";

/** Things are painted at twice the size of the photograph. */
export const canvasPx = 64;

/** `[64, 64, 3]`, 0…1 and above where it is brighter than white. */
export type Canvas = Float32Array;

export const newCanvas = (): Canvas => new Float32Array(canvasPx * canvasPx * 3);

/** Where light comes from (towards it, x right, y down, z to the viewer) and how strong it is. */
export interface Light {
  x: number;
  y: number;
  z: number;
  ambient: number;
  direct: number;
  /** Of a mirror-like highlight. */
  shine: number;
}

/** Where a thing's own origin is on the canvas and how many pixels its unit takes. */
export interface Frame {
  x: number;
  y: number;
  scale: number;
}

/** A round limb: from one ball to another, in pixels, as seen. */
export interface Limb {
  ax: number;
  ay: number;
  ar: number;
  bx: number;
  by: number;
  br: number;
}

const colour = new Float32Array(3);

function blend(canvas: Canvas, p: number, cover: number, light: number, shine: number): void {
  for (let c = 0; c < 3; c++) {
    const value = colour[c] * light + shine;
    canvas[p + c] += (value - canvas[p + c]) * cover;
  }
}

/** Paints limbs that have grown together into one round body.
 * @param join Over how many pixels one limb flows into the next.
 * @param gloss 0 for fur, 1 for wet or polished. */
export function paintBody(
  canvas: Canvas,
  limbs: Limb[],
  join: number,
  { skin, frame, light, gloss }: { skin: Skin; frame: Frame; light: Light; gloss: number },
): void {
  const box = limits(
    limbs.flatMap(({ ax, ay, ar, bx, by, br }) => [
      ax - ar,
      ay - ar,
      ax + ar,
      ay + ar,
      bx - br,
      by - br,
      bx + br,
      by + br,
    ]),
  );
  for (let y = box.top; y <= box.bottom; y++)
    for (let x = box.left; x <= box.right; x++) {
      let distance = 1e9;
      let nx = 0; // the surface's direction there
      let ny = 0;
      for (const { ax, ay, ar, bx, by, br } of limbs) {
        const dx = bx - ax;
        const dy = by - ay;
        const px = x + 0.5 - ax;
        const py = y + 0.5 - ay;
        const t = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy + 1e-9)));
        const radius = ar + t * (br - ar);
        const ex = px - t * dx;
        const ey = py - t * dy;
        const d = Math.sqrt(ex * ex + ey * ey) - radius;
        if (d > distance + join) continue;
        const share = Math.min(1, 0.5 + (0.5 * (distance - d)) / join); // of this limb
        distance += (d - distance) * share - join * share * (1 - share);
        nx += (ex / radius - nx) * share;
        ny += (ey / radius - ny) * share;
      }
      const cover = Math.min(1, 0.5 - distance);
      if (cover <= 0) continue;
      skin((x - frame.x) / frame.scale, (y - frame.y) / frame.scale, colour);
      const slope = nx * nx + ny * ny;
      const flat = Math.min(0.98, slope);
      const level = slope > flat ? Math.sqrt(flat / slope) : 1; // where limbs join, the slope can exceed a ball's
      const facing = level * (nx * light.x + ny * light.y) + Math.sqrt(1 - flat) * light.z;
      const shine = gloss > 0 ? gloss * light.shine * Math.pow(Math.max(0, facing), 12) : 0;
      blend(canvas, (y * canvasPx + x) * 3, cover, light.ambient + light.direct * Math.max(0, facing), shine);
    }
}

/** Paints a flat polygon.
 * @param corners x, y, x, y, …; in pixels.
 * @param brightness Of the light that falls on it. */
export function paintPolygon(
  canvas: Canvas,
  corners: number[],
  {
    skin,
    frame,
    brightness,
    softness = 0.5,
  }: { skin: Skin; frame: Frame; brightness: number; softness?: number },
): void {
  const box = limits(corners, softness);
  const count = corners.length;
  for (let y = box.top; y <= box.bottom; y++)
    for (let x = box.left; x <= box.right; x++) {
      const px = x + 0.5;
      const py = y + 0.5;
      let nearest = 1e9;
      let inside = false;
      for (let i = 0, j = count - 2; i < count; j = i, i += 2) {
        const ax = corners[i];
        const ay = corners[i + 1];
        const dx = corners[j] - ax;
        const dy = corners[j + 1] - ay;
        const t = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy + 1e-9)));
        const ex = px - ax - t * dx;
        const ey = py - ay - t * dy;
        nearest = Math.min(nearest, ex * ex + ey * ey);
        if (ay > py !== ay + dy > py && px < ax + ((py - ay) / dy) * dx) inside = !inside;
      }
      const distance = Math.sqrt(nearest) * (inside ? -1 : 1);
      const cover = Math.min(1, 0.5 - (0.5 * distance) / softness);
      if (cover <= 0) continue;
      skin((px - frame.x) / frame.scale, (py - frame.y) / frame.scale, colour);
      blend(canvas, (y * canvasPx + x) * 3, cover, brightness, 0);
    }
}

/** Darkens an oval with a soft edge, as a shadow does. */
export function paintShadow(
  canvas: Canvas,
  x: number,
  y: number,
  rx: number,
  ry: number,
  strength: number,
): void {
  const box = limits([x - 1.5 * rx, y - 1.5 * ry, x + 1.5 * rx, y + 1.5 * ry]);
  for (let py = box.top; py <= box.bottom; py++)
    for (let px = box.left; px <= box.right; px++) {
      const [dx, dy] = [(px + 0.5 - x) / rx, (py + 0.5 - y) / ry];
      const depth = Math.max(0, Math.min(1, 1.5 - Math.sqrt(dx * dx + dy * dy)));
      const p = (py * canvasPx + px) * 3;
      for (let c = 0; c < 3; c++) canvas[p + c] *= 1 - strength * depth;
    }
}

/** Paints every pixel of some rows.
 * @param top,bottom The first row and the row after the last. */
export function paintRows(
  canvas: Canvas,
  top: number,
  bottom: number,
  at: (x: number, y: number, out: Float32Array) => void,
): void {
  const size = canvasPx;
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(size, bottom); y++)
    for (let x = 0; x < size; x++) {
      at(x, y, colour);
      const p = (y * size + x) * 3;
      canvas[p] = colour[0];
      canvas[p + 1] = colour[1];
      canvas[p + 2] = colour[2];
    }
}

/** The pixels that a shape can touch. */
function limits(points: number[], margin = 1): { left: number; top: number; right: number; bottom: number } {
  let [left, top, right, bottom] = [1e9, 1e9, -1e9, -1e9];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]);
    right = Math.max(right, points[i]);
    top = Math.min(top, points[i + 1]);
    bottom = Math.max(bottom, points[i + 1]);
  }
  const last = canvasPx - 1;
  return {
    left: Math.max(0, Math.floor(left - margin)),
    top: Math.max(0, Math.floor(top - margin)),
    right: Math.min(last, Math.ceil(right + margin)),
    bottom: Math.min(last, Math.ceil(bottom + margin)),
  };
}
