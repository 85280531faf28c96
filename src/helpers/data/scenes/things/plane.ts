import type { Random } from "../../../random";
import { between } from "../colour";
import { even, lacquer, type Skin } from "../skin";
import { chain, disc, panel, type Ball, type Piece, type Point } from "../solid";
import type { Thing } from "../stage";
import { freeView, groundView } from "./views";

/** A plane: jet, propeller plane or fighter; in the air or on the ground. */
export function plane(chance: Random): Thing {
  const { uniform, normal } = chance;
  const paint = lacquer(chance);
  const wing = uniform() < 0.6 ? paint : lacquer(chance);
  const fin = uniform() < 0.5 ? paint : lacquer(chance);
  const slim = between(0.09, 0.17, chance);
  const isJet = uniform() < 0.65;
  const pieces: Piece[] = [
    fuselage(paint, slim, chance),
    ...wings(wing, slim, isJet, chance),
    ...tailplane(fin, slim, chance),
    ...windows(slim, chance),
    ...(isJet ? engines(slim, chance) : propeller(slim, chance)),
  ];
  const flies = uniform() < 0.65;
  if (!flies) pieces.push(...landingGear(slim, chance));
  const view = flies ? freeView(chance) : groundView(chance);
  const yaw = uniform() < 0.3 ? 6.3 * uniform() : view.yaw;
  const pitch = flies ? view.pitch + 0.3 * normal() : view.pitch;
  return { pieces, view: { ...view, yaw, pitch, size: between(0.7, 1.2, chance) }, grounded: !flies };
}

function fuselage(skin: Skin, slim: number, chance: Random): Piece {
  const nose = between(0.25, 0.7, chance);
  const body: Ball[] = [
    [-1, 0.5 * slim, 0, slim * 0.25],
    [-0.55, 0.1 * slim, 0, slim * 0.85],
    [0, 0, 0, slim],
    [0.7, 0, 0, slim * 0.95],
    [1, -0.15 * slim, 0, slim * nose],
  ];
  return chain(skin, body, { join: 0.05, gloss: 0.6 });
}

function wings(skin: Skin, slim: number, isJet: boolean, chance: Random): Piece[] {
  const span = between(0.6, 1.1, chance);
  const sweep = isJet ? between(0.25, 0.8, chance) : between(-0.05, 0.15, chance);
  const [root, tip] = [between(0.3, 0.55, chance), between(0.08, 0.25, chance)];
  const at = between(0, 0.3, chance);
  const y = isJet || chance.uniform() < 0.5 ? -0.5 * slim : 0.9 * slim;
  const lift = between(0, 0.15, chance);
  return [-1, 1].flatMap((side): Piece[] => {
    const half = (t: number, thick: number): Point[] => {
      const z = side * (slim * 0.5 + span * t);
      const chord = root + (tip - root) * t;
      return [
        [at - sweep * t, y + lift * t + thick, z],
        [at - sweep * t - chord, y + lift * t + thick, z],
      ];
    };
    const [a, b] = [half(0, 0), half(0.5, 0)];
    const [c, d] = [half(0.5, 0), half(1, 0)];
    return [panel(skin, [a[0], b[0], b[1], a[1]]), panel(skin, [c[0], d[0], d[1], c[1]])];
  });
}

function tailplane(skin: Skin, slim: number, chance: Random): Piece[] {
  const rise = between(0.25, 0.5, chance);
  const y = chance.uniform() < 0.25 ? rise : 0.5 * slim;
  const fin: Point[] = [
    [-0.6, slim * 0.6, 0],
    [-0.85, rise + slim, 0],
    [-1.05, rise + slim, 0],
    [-0.95, slim * 0.4, 0],
  ];
  const sides = [-1, 1].map((side) =>
    panel(skin, [
      [-0.72, y, side * 0.04],
      [-0.92, y, side * 0.38],
      [-1.05, y, side * 0.38],
      [-0.98, y, side * 0.04],
    ]),
  );
  return [panel(skin, fin), ...sides];
}

function windows(slim: number, chance: Random): Piece[] {
  const dark = even([0.08, 0.1, 0.13], chance);
  const row = [-1, 1].flatMap((side) => {
    const z = side * slim * 0.97;
    return chance.uniform() < 0.7
      ? [
          panel(
            dark,
            [
              [-0.4, 0.1 * slim, z],
              [0.65, 0.1 * slim, z],
              [0.65, 0.32 * slim, z],
              [-0.4, 0.32 * slim, z],
            ],
            { nearer: 0.05 },
          ),
        ]
      : [];
  });
  return [
    ...row,
    chain(
      dark,
      [
        [0.72, slim * 0.75, 0, slim * 0.35],
        [0.85, slim * 0.45, 0, slim * 0.35],
      ],
      { gloss: 1, nearer: 0.03 },
    ),
  ];
}

function engines(slim: number, chance: Random): Piece[] {
  const skin = lacquer(chance);
  const atTail = chance.uniform() < 0.3;
  return [-1, 1].map((side) => {
    const [x, y, z] = atTail
      ? [-0.5, slim * 0.5, slim * 1.5]
      : [0.1, -slim * 1.2, between(0.3, 0.45, chance)];
    return chain(
      skin,
      [
        [x - 0.12, y, side * z, slim * 0.38],
        [x + 0.12, y, side * z, slim * 0.45],
      ],
      { gloss: 0.4 },
    );
  });
}

function propeller(slim: number, chance: Random): Piece[] {
  const turn = 3 * chance.uniform();
  const [dy, dz] = [Math.cos(turn) * slim * 2, Math.sin(turn) * slim * 2];
  const x = 1 + slim * 0.4;
  return [
    chain(even([0.12, 0.11, 0.1], chance), [
      [x, dy, dz, 0.02],
      [x, 0, 0, 0.045],
      [x, -dy, -dz, 0.02],
    ]),
  ];
}

function landingGear(slim: number, chance: Random): Piece[] {
  const dark = even([0.07, 0.07, 0.07], chance);
  const y = -slim * 2;
  return [
    chain(dark, [
      [0.7, 0, 0, 0.02],
      [0.7, y, 0, 0.05],
    ]),
    ...[-1, 1].flatMap((side): Piece[] => [
      chain(dark, [
        [-0.1, -slim * 0.5, side * 0.15, 0.025],
        [-0.1, y, side * 0.2, 0.03],
      ]),
      disc(dark, [-0.1, y, side * 0.22], 0.09),
    ]),
  ];
}
