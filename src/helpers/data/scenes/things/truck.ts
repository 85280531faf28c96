import type { Random } from "../../../random";
import { anyColour, between } from "../colour";
import { even, lacquer, makeSkin, type Skin } from "../skin";
import { chain, extrude, panel, type Panel, type Piece, type Point } from "../solid";
import type { Thing } from "../stage";
import { backOf, frontOf, glass, wheels } from "./vehicle";
import { groundView } from "./views";

/** A truck: a cab, with a box, a tank, an open bed or a dumper behind. */
export function truck(chance: Random): Thing {
  const { uniform, normal } = chance;
  const length = between(0.9, 1.9, chance); // of the load
  const width = between(0.4, 0.48, chance);
  const radius = between(0.17, 0.22, chance);
  const pieces: Piece[] = [
    ...cab(width, radius, chance),
    ...load(length, width, radius, chance),
    ...extrude(even([0.12, 0.12, 0.13], chance), box(-length, 0.9, radius * 0.8, radius * 1.6), width * 0.8, {
      nearer: -0.3,
    }),
    ...wheels(
      length > 1.3 ? [0.55, -length * 0.55, -length * 0.85] : [0.55, -length * 0.65],
      radius,
      width,
      chance,
    ),
  ];
  const view = groundView(chance);
  const yaw = uniform() < 0.25 ? -Math.PI / 2 + 0.3 * normal() : view.yaw;
  return {
    pieces,
    view: { ...view, yaw, pitch: Math.abs(view.pitch), size: between(0.75, 1.25, chance) },
    grounded: true,
  };
}

function box(left: number, right: number, low: number, high: number): [number, number][] {
  return [
    [left, low],
    [right, low],
    [right, high],
    [left, high],
  ];
}

function cab(width: number, radius: number, chance: Random): Panel[] {
  const paint = lacquer(chance);
  const window = glass(chance);
  const nose = chance.uniform() < 0.45 ? between(0.15, 0.45, chance) : 0; // a bonnet, or flat
  const [low, roof] = [radius * 0.8, between(0.9, 1.2, chance)];
  const belt = low + (roof - low) * 0.52;
  const face = 0.85 - nose * 0.3;
  const outline: [number, number][] = [
    [0.2, low],
    [0.85 + nose, low],
    [0.85 + nose, nose ? belt * 0.95 : belt],
    [face, belt],
    [face - 0.08, roof],
    [0.2, roof],
  ];
  const pane = (z: number): Panel =>
    panel(window, [
      [0.4, belt, z],
      [face - 0.06, belt, z],
      [face - 0.12, roof - 0.1, z],
      [0.4, roof - 0.1, z],
    ]);
  const at = (t: number, z: number): Point => [face - 0.08 * t + 0.002, belt + (roof - belt) * t, z * width];
  const screen = panel(window, [at(0.05, -0.9), at(0.85, -0.86), at(0.85, 0.86), at(0.05, 0.9)]);
  const edges = { 1: frontOf(0.852 + nose, low, belt, width, chance), 3: [screen] };
  return extrude(paint, outline, width, { edges, sides: (z) => [pane(z)], nearer: 0.2 });
}

function load(length: number, width: number, radius: number, chance: Random): Piece[] {
  const { uniform } = chance;
  const floor = radius * 1.6;
  const high = between(1, 1.4, chance);
  const kind = uniform();
  if (kind < 0.5) {
    const skin = uniform() < 0.5 ? lacquer(chance) : painted(chance);
    const back = { 3: backOf(-length - 0.002, floor, floor + 0.4, width, chance) };
    const sign = uniform() < 0.4 ? painted(chance) : undefined;
    const [l, r, b, t] = [
      -length * 0.85,
      -length * 0.1,
      floor + 0.3 * (high - floor),
      floor + 0.75 * (high - floor),
    ];
    const sides = (z: number): Panel[] =>
      sign
        ? [
            panel(sign, [
              [l, b, z],
              [r, b, z],
              [r, t, z],
              [l, t, z],
            ]),
          ]
        : [];
    return extrude(skin, box(-length, 0.12, floor, high), width * 1.02, { edges: back, sides });
  }
  if (kind < 0.68) {
    const tank = (high - floor) / 2.1;
    return [
      chain(
        lacquer(chance),
        [
          [-length + tank, floor + tank, 0, tank],
          [0.1 - tank, floor + tank, 0, tank],
        ],
        { gloss: 0.6 },
      ),
    ];
  }
  const bed = extrude(
    lacquer(chance),
    kind < 0.84 ? dumper(length, floor) : box(-length, 0.12, floor, floor + 0.25),
    width,
  );
  if (uniform() < 0.4) return bed;
  const heap = makeSkin(
    { colours: [anyColour(chance), [0.4, 0.33, 0.25]], patterns: ["mottled", "spotted"], grain: 0.3 },
    chance,
  );
  const lump = between(0.2, 0.35, chance);
  return [
    chain(
      heap,
      [
        [-length * 0.75, floor + 0.2, 0, lump],
        [-length * 0.25, floor + 0.22, 0, lump],
      ],
      { nearer: -0.1 },
    ),
    ...bed,
  ];
}

function dumper(length: number, floor: number): [number, number][] {
  return [
    [-length, floor + 0.15],
    [-length * 0.8, floor],
    [0.1, floor],
    [0.12, floor + 0.5],
    [-length * 1.05, floor + 0.4],
  ];
}

function painted(chance: Random): Skin {
  return makeSkin(
    {
      colours: [anyColour(chance), anyColour(chance)],
      patterns: ["striped", "patched", "plain", "checked"],
      grain: 0.05,
    },
    chance,
  );
}
