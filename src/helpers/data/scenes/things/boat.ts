import type { Random } from "../../../random";
import { anyColour, between, lacquerColour, mix } from "../colour";
import { cloth, even, lacquer, makeSkin, type Skin } from "../skin";
import { chain, extrude, panel, type Panel, type Piece, type Point } from "../solid";
import type { Thing } from "../stage";
import { groundView } from "./views";

/** A boat: sailing, rowing or motor boat, or a ship. */
export function boat(chance: Random): Thing {
  const { uniform } = chance;
  const kind = uniform();
  const isShip = kind > 0.65;
  const high = isShip ? between(0.2, 0.35, chance) : between(0.14, 0.3, chance);
  const wide = between(0.16, isShip ? 0.25 : 0.4, chance);
  const pieces: Piece[] = hull(high, wide, chance);
  if (kind < 0.35) pieces.push(...rig(high, chance));
  else if (kind < 0.65)
    pieces.push(
      ...(uniform() < 0.6 ? house(-0.35, 0.3, high, wide * 0.7, between(0.15, 0.35, chance), chance) : []),
    );
  else pieces.push(...superstructure(high, wide, chance));
  const view = groundView(chance);
  return {
    pieces,
    view: { ...view, pitch: Math.abs(view.pitch), size: between(0.65, 1.15, chance) },
    grounded: uniform() < 0.7,
  };
}

/** Both sides between the deck and the water, from the stern to the bow, and the deck. */
function hull(high: number, wide: number, chance: Random): Panel[] {
  const paint = chance.uniform() < 0.4 ? wood(chance) : lacquer(chance);
  const trim = even(lacquerColour(chance), chance);
  const deck = wood(chance);
  const stations: [x: number, width: number, rise: number][] = [
    [-0.95, 0.75, 0.02],
    [-0.4, 1, 0],
    [0.3, 0.95, 0.02],
    [0.75, 0.55, 0.08],
    [1.05, 0, 0.16],
  ];
  const edge = (i: number, side: number, up: number): Point => {
    const [x, width, rise] = stations[i];
    const keel = 0.65 + 0.35 * up;
    return [x * (0.88 + 0.12 * up), up * (high + rise), side * wide * width * keel];
  };
  const panels: Panel[] = [];
  for (const side of [1, -1])
    for (let i = 0; i + 1 < stations.length; i++) {
      const quad = (low: number, top: number): Point[] => {
        const corners = [
          edge(i, side, low),
          edge(i + 1, side, low),
          edge(i + 1, side, top),
          edge(i, side, top),
        ];
        return side > 0 ? corners : corners.reverse();
      };
      panels.push(
        panel(paint, quad(0, 1), {
          oneSided: true,
          marks: [panel(trim, quad(0.82, 1)), panel(trim, quad(0, 0.18))],
        }),
      );
    }
  const outline = [1, -1].flatMap((side) => {
    const row = stations.map((_, i) => edge(i, side, 1));
    return side > 0 ? row : row.reverse();
  });
  panels.push(panel(deck, outline, { oneSided: true, nearer: -0.2 }));
  panels.push(
    panel(paint, [edge(0, -1, 0), edge(0, 1, 0), edge(0, 1, 1), edge(0, -1, 1)], { oneSided: true }),
  );
  return panels;
}

function wood(chance: Random): Skin {
  const tone = mix([0.35, 0.2, 0.1], [0.8, 0.62, 0.4], chance.uniform());
  return makeSkin(
    {
      colours: [tone, mix(tone, [0.2, 0.12, 0.08], 0.4)],
      patterns: ["mottled", "striped"],
      grain: 0.15,
      stretch: 6,
    },
    chance,
  );
}

function rig(high: number, chance: Random): Piece[] {
  const top = high + between(1, 1.8, chance);
  const mast = between(-0.1, 0.3, chance);
  const bright = between(0.75, 1, chance);
  const canvas =
    chance.uniform() < 0.65 ? even([bright, bright, bright * 0.96], chance, 0.08) : cloth(chance);
  const belly = between(-0.25, 0.25, chance);
  const foot = high + 0.12;
  const boom = -between(0.6, 0.95, chance);
  const main: Point[] = [
    [mast - 0.03, foot, 0],
    [mast - 0.03, top - 0.05, 0],
    [(mast + boom) / 2, (foot + top) / 2.2, belly],
    [boom, foot + 0.03, belly],
  ];
  const pieces: Piece[] = [
    chain(even([0.3, 0.22, 0.15], chance), [
      [mast, high, 0, 0.03],
      [mast, top, 0, 0.02],
    ]),
  ];
  const furled = chance.uniform() < 0.15;
  if (furled)
    pieces.push(
      chain(canvas, [
        [mast, foot, 0, 0.06],
        [boom, foot, belly, 0.05],
      ]),
    );
  else pieces.push(panel(canvas, main));
  if (!furled && chance.uniform() < 0.7)
    pieces.push(
      panel(canvas, [
        [mast + 0.04, top * 0.85, 0],
        [1, high + 0.2, 0],
        [mast + 0.08, foot, belly * 0.8],
      ]),
    );
  return pieces;
}

/** A box with a row of windows. */
function house(
  from: number,
  to: number,
  floor: number,
  halfWidth: number,
  tall: number,
  chance: Random,
): Panel[] {
  const skin = even(lacquerColour(chance), chance);
  const dark = even([0.1, 0.13, 0.17], chance);
  const [y0, y1] = [floor + tall * 0.45, floor + tall * 0.8];
  const row = (z: number): Panel[] =>
    [0.08, 0.4, 0.7].map((t) => {
      const [l, r] = [from + (to - from) * t, from + (to - from) * (t + 0.22)];
      return panel(dark, [
        [l, y0, z],
        [r, y0, z],
        [r, y1, z],
        [l, y1, z],
      ]);
    });
  const screen = panel(dark, [
    [to + 0.002, y0, -halfWidth * 0.85],
    [to + 0.002, y1, -halfWidth * 0.85],
    [to + 0.002, y1, halfWidth * 0.85],
    [to + 0.002, y0, halfWidth * 0.85],
  ]);
  const outline: [number, number][] = [
    [from, floor],
    [to, floor],
    [to, floor + tall],
    [from, floor + tall],
  ];
  return extrude(skin, outline, halfWidth, { sides: row, edges: { 1: [screen] }, nearer: 0.15 });
}

function superstructure(high: number, wide: number, chance: Random): Piece[] {
  const pieces: Piece[] = [];
  const from = chance.uniform() < 0.5 ? -0.85 : between(-0.4, 0, chance);
  const storeys = 1 + chance.int(3);
  for (let s = 0; s < storeys; s++)
    pieces.push(
      ...house(
        from + 0.05 * s,
        from + 0.5 - 0.07 * s,
        high + 0.17 * s,
        wide * (0.85 - 0.1 * s),
        0.17,
        chance,
      ),
    );
  const top = high + 0.17 * storeys;
  pieces.push(
    chain(
      lacquer(chance),
      [
        [from + 0.2, top - 0.05, 0, 0.07],
        [from + 0.17, top + 0.2, 0, 0.07],
      ],
      { nearer: 0.3 },
    ),
  );
  if (chance.uniform() < 0.5)
    pieces.push(
      chain(even([0.2, 0.2, 0.2], chance), [
        [0.6, high, 0, 0.02],
        [0.6, high + 0.6, 0, 0.015],
      ]),
    );
  if (chance.uniform() < 0.5)
    for (let x = from > -0.5 ? -0.85 : -0.3; x < 0.6; x += 0.24)
      if (Math.abs(x - from - 0.25) > 0.35) {
        const tall = high + between(0.1, 0.35, chance);
        pieces.push(
          ...extrude(
            even(anyColour(chance), chance),
            [
              [x, high],
              [x + 0.21, high],
              [x + 0.21, tall],
              [x, tall],
            ],
            wide * 0.7,
          ),
        );
      }
  return pieces;
}
