/** The tuning of a unit as a picture: far from the middle is strong. */
import type { Thumb, Tuning } from "./state";

/** The colours of the page. */
const CURVES = [
  ["straight", [76, 120, 168]],
  ["corner", [228, 87, 86]],
  ["curve", [84, 162, 75]],
] as const;
export const TUNING_COLOURS = "blue edges and bars, red corners, green curves";
const GREY = [204, 204, 204];
type Point = readonly [x: number, y: number];

/** Curves over angles on a grid of two circles and two axes.
 * @param side In px. */
export function polarThumb(tuning: Tuning, side: number): Thumb {
  const rgb = new Uint8Array(side * side * 3).fill(255);
  const radius = 0.46 * side;
  const at = (angle: number, share: number): Point => {
    const turned = (angle * Math.PI) / 180;
    return [side / 2 + share * radius * Math.cos(turned), side / 2 - share * radius * Math.sin(turned)];
  };
  const around = Array.from({ length: 72 }, (_, i) => 5 * i);
  for (const share of [0.5, 1])
    outline(
      rgb,
      side,
      around.map((angle) => at(angle, share)),
      GREY,
      0.75,
    );
  for (const angle of [0, 90]) outline(rgb, side, [at(angle, 1), at(angle, -1)], GREY, 0.75);
  const strongest = Math.max(1e-9, ...CURVES.flatMap(([kind]) => tuning[kind]));
  for (const [kind, colour] of CURVES) {
    const points = tuning.angles.map((angle, i) => at(angle, Math.max(0, tuning[kind][i]) / strongest));
    outline(rgb, side, points, colour, 1.5);
  }
  return { height: side, width: side, rgb };
}

/** Draws a closed line.
 * @param half Of its width, in px. */
function outline(
  rgb: Uint8Array,
  side: number,
  points: readonly Point[],
  colour: readonly number[],
  half: number,
): void {
  points.forEach((from, i) => {
    const to = points[(i + 1) % points.length];
    const reach = (axis: 0 | 1): [number, number] => [
      Math.max(0, Math.floor(Math.min(from[axis], to[axis]) - half - 1)),
      Math.min(side - 1, Math.ceil(Math.max(from[axis], to[axis]) + half + 1)),
    ];
    const [[left, right], [top, bottom]] = [reach(0), reach(1)];
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) {
        const share = Math.min(1, Math.max(0, half + 0.5 - distance([x + 0.5, y + 0.5], from, to)));
        for (let c = 0, p = 3 * (y * side + x); c < 3; c++, p++)
          rgb[p] = Math.round(rgb[p] + share * (colour[c] - rgb[p]));
      }
  });
}

/** Of a point from a line between two others. */
function distance([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}
