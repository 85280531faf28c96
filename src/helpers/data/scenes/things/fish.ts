import type { Random } from "../../../random";
import { between, oneOf } from "../colour";
import { even, makeSkin, plumage, type Skin } from "../skin";
import { chain, joined, panel, type Ball, type Piece, type Point } from "../solid";
import type { Thing } from "../stage";
import { freeView } from "./views";

/** A fish, from long and thin to high and round. */
export function fish(chance: Random): Thing {
  const { uniform } = chance;
  const coat = plumage(chance);
  const fin = uniform() < 0.5 ? plumage(chance) : coat;
  const depth = between(0.14, 0.55, chance); // half the body's height
  const thick = Math.min(depth, between(0.12, 0.2, chance));
  const bend = between(-0.25, 0.25, chance);
  const high = depth - thick;
  const rib = (x: number, share: number): Ball[] => {
    const z = bend * x * x;
    return [
      [x, high * share, z, thick * Math.sqrt(share)],
      [x, -high * share, z, thick * Math.sqrt(share)],
    ];
  };
  const ribs = [rib(0.75, 0.35), rib(0.4, 0.85), rib(0.1, 1), rib(-0.25, 0.8), rib(-0.6, 0.35)];
  const backs = [0, 1].map((row) => ribs.map((pair) => pair[row]));
  const pieces: Piece[] = [
    joined(coat, [...backs, ...ribs], { join: 0.3, gloss: 0.4 }),
    ...finsOf(fin, depth, bend, chance),
    ...eyesOf(thick, high, chance),
  ];
  if (uniform() < 0.4) pieces.push(mouth(depth, chance));
  const view = freeView(chance);
  return {
    pieces,
    view: { ...view, size: between(0.65, 1.2, chance), pitch: view.pitch * 0.7 },
    grounded: uniform() < 0.25,
  };
}

function finsOf(skin: Skin, depth: number, bend: number, chance: Random): Piece[] {
  const spread = between(0.25, 0.5, chance);
  const fork = between(0, 0.2, chance);
  const z = bend * 0.5;
  const tail: Point[] = [
    [-0.55, 0.06, z],
    [-1, spread, z * 2.5],
    [-0.95 + fork, 0, z * 2.2],
    [-1, -spread, z * 2.5],
    [-0.55, -0.06, z],
  ];
  const rise = between(0.1, 0.35, chance);
  const from = between(0.1, 0.45, chance);
  const back: Point[] = [
    [from, depth * 0.85, 0],
    [from - 0.15, depth + rise, 0],
    [-0.3, depth * 0.75 + rise * 0.5, 0],
    [-0.4, depth * 0.55, 0],
  ];
  const belly: Point[] = [
    [0, -depth * 0.9, 0],
    [-0.2, -depth - rise * 0.8, 0],
    [-0.35, -depth * 0.6, 0],
  ];
  const sides = [-1, 1].map((side) =>
    panel(skin, [
      [0.35, -0.05, side * 0.2],
      [0.1, -0.05 - rise * 0.3, side * 0.32],
      [0.05, -0.2 - rise * 0.4, side * 0.3],
    ]),
  );
  return [
    panel(skin, tail, { nearer: -0.1 }),
    panel(skin, back, { nearer: -0.1 }),
    panel(skin, belly, { nearer: -0.1 }),
    ...sides,
  ];
}

function eyesOf(thick: number, high: number, chance: Random): Piece[] {
  const white = even(
    oneOf(
      [
        [0.9, 0.88, 0.8],
        [0.8, 0.6, 0.15],
      ],
      chance,
    ),
    chance,
  );
  const radius = between(0.05, 0.09, chance);
  return [-1, 1].flatMap((side) => [
    chain(white, [[0.62, 0.08 + 0.2 * high, side * thick * 0.8, radius]], { nearer: 0.1 }),
    chain(
      even([0.04, 0.04, 0.05], chance),
      [[0.64, 0.08 + 0.2 * high, side * (thick * 0.8 + 0.05), radius * 0.6]],
      { gloss: 0.5, nearer: 0.12 },
    ),
  ]);
}

function mouth(depth: number, chance: Random): Piece {
  const skin = makeSkin(
    {
      colours: [
        [0.2, 0.08, 0.08],
        [0.5, 0.2, 0.2],
      ],
      patterns: ["plain", "shaded"],
      grain: 0.05,
    },
    chance,
  );
  return chain(
    skin,
    [
      [0.9, -0.05 - 0.05 * depth, 0.1, 0.03],
      [0.72, -0.1, 0.15, 0.02],
    ],
    { nearer: 0.2 },
  );
}
