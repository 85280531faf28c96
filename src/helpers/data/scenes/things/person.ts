import type { Random } from "../../../random";
import { anyColour, between, furColour, scaled, skinColour } from "../colour";
import { cloth, even, type Skin } from "../skin";
import { chain, joined, put, type Ball, type Piece } from "../solid";
import type { Thing } from "../stage";
import { closeView, groundView } from "./views";

interface Looks {
  face: Skin;
  lips: Skin;
  hair: Skin;
  top: Skin;
  bottom: Skin;
  shoes: Skin;
}

/** A person: standing, walking or sitting, or head and shoulders. */
export function person(chance: Random): Thing {
  const { uniform } = chance;
  const tone = skinColour(chance);
  const looks: Looks = {
    face: even(tone, chance, 0.04),
    lips: even([tone[0] * 0.75, tone[1] * 0.45, tone[2] * 0.45], chance),
    hair: even(scaled(furColour(chance), 0.8), chance, 0.2),
    top: cloth(chance),
    bottom: cloth(chance),
    shoes: even(anyColour(chance), chance),
  };
  const broad = between(0.2, 0.3, chance);
  if (uniform() < 0.4)
    return { pieces: bust(looks, broad * 1.6, chance), view: closeView(chance), grounded: false };
  const view = groundView(chance);
  const turned = { ...view, yaw: -Math.PI / 2 + 1.1 * chance.normal(), size: between(0.8, 1.5, chance) };
  return { pieces: whole(looks, broad, chance), view: turned, grounded: true };
}

/** About 2 units tall, looking along x. */
function whole(looks: Looks, broad: number, chance: Random): Piece[] {
  const sits = chance.uniform() < 0.2;
  const hip = sits ? 0.45 : 0.95;
  const shoulder = hip + 0.55;
  const thick = between(0.13, 0.19, chance);
  const sleeves = chance.uniform() < 0.6 ? looks.top : looks.face;
  const shorts = chance.uniform() < 0.3;
  const pieces: Piece[] = [
    joined(
      looks.top,
      [
        [
          [0, hip, -broad * 0.4, thick],
          [0, shoulder, -broad * 0.65, thick * 0.85],
        ],
        [
          [0, hip, broad * 0.4, thick],
          [0, shoulder, broad * 0.65, thick * 0.85],
        ],
      ],
      { join: 0.12 },
    ),
    chain(looks.face, [
      [0, shoulder + 0.05, 0, 0.075],
      [0.02, shoulder + 0.2, 0, 0.075],
    ]),
    ...put(headOf(looks, chance), [0.03, shoulder + 0.35, 0], {
      yaw: between(-0.7, 0.7, chance),
      size: 0.165,
    }),
  ];
  const stride = between(0, 0.4, chance);
  for (const side of [-1, 1]) {
    pieces.push(...legOf(looks, side, hip, broad, sits, side * stride, shorts));
    pieces.push(...armOf(looks, sleeves, side, shoulder, broad, chance));
  }
  if (chance.uniform() < 0.2)
    pieces.push(
      chain(
        looks.bottom,
        [
          [0, hip, 0, broad * 0.75],
          [0, hip - 0.5, 0, broad * 1.2],
        ],
        { nearer: 0.1 },
      ),
    ); // a skirt
  return pieces;
}

function legOf(
  looks: Looks,
  side: number,
  hip: number,
  broad: number,
  sits: boolean,
  swing: number,
  shorts: boolean,
): Piece[] {
  const z = side * broad * 0.45;
  const knee: Ball = sits ? [0.45, hip, z * 1.3, 0.095] : [0.4 * swing + 0.04, hip * 0.52, z, 0.095];
  const foot: Ball = [sits ? 0.45 : swing, 0.06, z, 0.065];
  return [
    chain(looks.bottom, [[0, hip - 0.05, z, 0.14], knee]),
    chain(shorts ? looks.face : looks.bottom, [[knee[0], knee[1], z, knee[3] * (shorts ? 0.8 : 1)], foot], {
      nearer: -0.01,
    }),
    chain(looks.shoes, [foot, [foot[0] + 0.15, 0.05, z, 0.055]]),
  ];
}

function armOf(
  looks: Looks,
  sleeve: Skin,
  side: number,
  shoulder: number,
  broad: number,
  chance: Random,
): Piece[] {
  const raise = chance.uniform() < 0.25 ? between(1, 2.6, chance) : between(0.05, 0.5, chance); // from hanging down
  const ahead = between(-0.4, 0.8, chance);
  const from: Ball = [0, shoulder, side * (broad + 0.02), 0.085];
  const reach = (length: number, bend: number): [number, number, number] => [
    length * ahead * (0.6 + bend),
    -length * Math.cos(raise + bend * 0.4),
    side * length * Math.sin(raise) * (1 - bend),
  ];
  const [ux, uy, uz] = reach(0.3, 0);
  const [lx, ly, lz] = reach(0.3, 0.5);
  const elbow: Ball = [from[0] + ux, from[1] + uy, from[2] + uz, 0.07];
  const hand: Ball = [elbow[0] + lx, elbow[1] + ly, elbow[2] + lz, 0.055];
  return [
    chain(sleeve, [from, elbow, hand]),
    chain(looks.face, [[...(hand.slice(0, 3) as [number, number, number]), 0.07]], { nearer: 0.02 }),
  ];
}

function bust(looks: Looks, broad: number, chance: Random): Piece[] {
  const [size, slope] = [0.36, between(0.05, 0.2, chance)];
  return [
    joined(
      looks.top,
      [
        [
          [0, -0.75, 0, 0.25],
          [-0.03, -0.75 - slope, broad, 0.2],
          [0, -1.4, broad * 1.1, 0.22],
        ],
        [
          [0, -0.75, 0, 0.25],
          [-0.03, -0.75 - slope, -broad, 0.2],
          [0, -1.4, -broad * 1.1, 0.22],
        ],
        [
          [0, -0.75, 0, 0.25],
          [0, -1.4, 0, 0.4],
        ],
      ],
      { join: 0.15, nearer: -0.3 },
    ),
    chain(
      looks.face,
      [
        [0, -0.65, 0, 0.17],
        [0, -0.2, 0, 0.16],
      ],
      { nearer: -0.15 },
    ),
    ...put(headOf(looks, chance), [0, 0, 0], {
      yaw: between(-0.4, 0.4, chance),
      pitch: between(-0.2, 0.2, chance),
      size,
    }),
  ];
}

/** In units of the head's half width, looking along x. */
function headOf(looks: Looks, chance: Random): Piece[] {
  const { uniform } = chance;
  const dark = even([0.08, 0.06, 0.06], chance);
  const chin = between(0.6, 0.95, chance);
  const pieces: Piece[] = [
    joined(looks.face, [
      [
        [0, 0.25, 0, 0.98],
        [0.12, -chin, 0, 0.62],
      ],
    ]),
    chain(
      looks.face,
      [
        [0.95, 0.1, 0, 0.1],
        [1.12, -0.25, 0, 0.15],
      ],
      { nearer: 0.2 },
    ),
    chain(
      looks.lips,
      [
        [0.85, -0.75, -0.25, 0.1],
        [0.9, -0.78, 0.25, 0.1],
      ],
      { nearer: 0.3 },
    ),
  ];
  const length =
    uniform() < 0.12 ? 0 : uniform() < 0.4 ? between(1.2, 2.4, chance) : between(-0.2, 0.3, chance);
  if (length !== 0) {
    const cap: Ball[] = [
      [-0.2, 0.55, 0, 1.02],
      [-0.35, 0.2, 0, 0.95],
    ];
    const locks = [-1, 1].map((side): Ball[] => [
      [-0.25, 0.5, side * 0.5, 0.65],
      [-0.3, -length, side * 0.6, 0.45],
    ]);
    pieces.push(joined(looks.hair, [cap, ...locks], { nearer: -0.25 }));
    pieces.push(
      chain(
        looks.hair,
        [
          [0.45, 1, -0.55, 0.32],
          [0.5, 1.05, 0.5, 0.35],
        ],
        { nearer: 0.1 },
      ),
    );
  }
  for (const side of [-1, 1]) {
    pieces.push(chain(even([0.9, 0.9, 0.88], chance), [[0.85, 0.15, side * 0.36, 0.15]], { nearer: 0.1 }));
    pieces.push(chain(dark, [[0.95, 0.15, side * 0.37, 0.11]], { gloss: 1, nearer: 0.2 }));
    pieces.push(
      chain(
        looks.hair,
        [
          [0.88, 0.45, side * 0.2, 0.06],
          [0.8, 0.45, side * 0.58, 0.05],
        ],
        { nearer: 0.2 },
      ),
    );
  }
  if (uniform() < 0.2)
    pieces.push(
      chain(
        looks.hair,
        [
          [0.55, -chin - 0.1, -0.4, 0.35],
          [0.55, -chin - 0.1, 0.4, 0.35],
        ],
        { nearer: 0.15 },
      ),
    );
  return pieces;
}
