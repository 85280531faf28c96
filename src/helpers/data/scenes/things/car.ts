import type { Random } from "../../../random";
import { between } from "../colour";
import { even, lacquer, type Skin } from "../skin";
import { extrude, panel, type Panel, type Piece, type Point } from "../solid";
import type { Thing } from "../stage";
import { backOf, frontOf, glass, wheels } from "./vehicle";
import { groundView } from "./views";

/** A car: low or high, with a boot or without. */
export function car(chance: Random): Thing {
  const { uniform, normal } = chance;
  const paint = lacquer(chance);
  const tall = between(0.85, 1.25, chance);
  const radius = between(0.17, 0.22, chance);
  const [low, belt] = [0.13, 0.48 * tall];
  const roof = belt + between(0.22, 0.36, chance) * tall;
  const width = between(0.42, 0.52, chance);
  const [bonnet, boot] = [between(0.35, 0.5, chance), uniform() < 0.5 ? -0.95 : between(-0.75, -0.6, chance)];
  const [front, rear] = [
    bonnet - between(0.18, 0.35, chance),
    Math.max(-0.95, boot + between(0.05, 0.3, chance)),
  ];
  const outline: [number, number][] = [
    [-1, low],
    [1, low],
    [1, belt * 0.8],
    [bonnet, belt],
    [boot, belt],
    [-1, belt * 0.92],
  ];
  const trim = even([0.1, 0.1, 0.11], chance);
  const stripe = uniform() < 0.3 ? lacquer(chance) : paint;
  const marks = {
    edges: {
      1: frontOf(1.002, low, belt * 0.8, width, chance),
      5: backOf(-1.002, low, belt * 0.92, width, chance),
    },
    sides: (z: number): Panel[] => [
      strip(trim, low, low + 0.07, z),
      strip(stripe, belt * 0.62, belt * 0.72, z),
      panel(trim, [
        [0.02, low, z],
        [0.03, belt, z],
        [0, belt, z],
        [0, low, z],
      ]),
    ],
  };
  const pieces: Piece[] = [
    ...extrude(paint, outline, width, marks),
    ...cabin(paint, { bonnet, boot, front, rear, belt, roof }, width, chance),
    ...wheels([0.62, -0.6], radius, width, chance),
  ];
  const view = groundView(chance);
  const yaw = uniform() < 0.25 ? -Math.PI / 2 + 0.3 * normal() : view.yaw;
  return {
    pieces,
    view: { ...view, yaw, pitch: Math.abs(view.pitch), size: between(0.75, 1.2, chance) },
    grounded: true,
  };
}

function strip(skin: Skin, y0: number, y1: number, z: number): Panel {
  return panel(skin, [
    [-1, y0, z],
    [1, y0, z],
    [1, y1, z],
    [-1, y1, z],
  ]);
}

interface CabinShape {
  bonnet: number;
  boot: number;
  front: number;
  rear: number;
  belt: number;
  roof: number;
}

/** Roof, pillars and windows. */
function cabin(
  paint: Skin,
  { bonnet, boot, front, rear, belt, roof }: CabinShape,
  width: number,
  chance: Random,
): Panel[] {
  const window = glass(chance);
  const narrow = width * 0.86;
  const outline: [number, number][] = [
    [boot, belt],
    [bonnet, belt],
    [front, roof],
    [rear, roof],
  ];
  const across = ([ax, ay]: [number, number], [bx, by]: [number, number]): Panel => {
    const at = (t: number, z: number): Point => [ax + (bx - ax) * t, ay + (by - ay) * t, z * narrow];
    return panel(window, [at(0.1, -0.92), at(0.88, -0.85), at(0.88, 0.85), at(0.1, 0.92)]);
  };
  const middle = (front + rear) / 2 + between(-0.05, 0.1, chance);
  const [y0, y1] = [belt + 0.02, roof - 0.05];
  const sides = (z: number): Panel[] => [
    panel(window, [
      [boot + 0.1, y0, z],
      [middle - 0.03, y0, z],
      [middle - 0.03, y1, z],
      [rear + 0.05, y1, z],
    ]),
    panel(window, [
      [middle + 0.03, y0, z],
      [bonnet - 0.09, y0, z],
      [front - 0.03, y1, z],
      [middle + 0.03, y1, z],
    ]),
  ];
  const edges = { 1: [across(outline[1], outline[2])], 3: [across(outline[3], outline[0])] };
  return extrude(paint, outline, narrow, { edges, sides, nearer: 0.3 });
}
