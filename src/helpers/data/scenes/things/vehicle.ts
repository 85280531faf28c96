/** Parts that cars and trucks share. */
import type { Random } from "../../../random";
import { between, scaled } from "../colour";
import { even, makeSkin, type Skin } from "../skin";
import { chain, disc, panel, type Panel, type Piece, type Point } from "../solid";

/** Window glass: dark, with a reflection of the sky. */
export function glass(chance: Random): Skin {
  const light = between(0.1, 0.55, chance);
  return makeSkin(
    {
      colours: [
        [light * 0.9, light, light * 1.08],
        [0.06, 0.07, 0.08],
      ],
      patterns: ["shaded", "plain", "mottled"],
      grain: 0.1,
    },
    chance,
  );
}

/** Four wheels: or six, where there are three axles. */
export function wheels(axles: number[], radius: number, halfWidth: number, chance: Random): Piece[] {
  const tyre = even([0.05, 0.05, 0.055], chance);
  const bright = between(0.2, 0.8, chance);
  const hub = even([bright, bright, bright], chance, 0.15);
  return axles.flatMap((x) =>
    [-1, 1].flatMap((side): Piece[] => {
      const z = side * (halfWidth + 0.01);
      const rim = disc(hub, [x, radius, z], radius * 0.58);
      const inner = chain(tyre, [[x, radius, side * (halfWidth - 0.16), radius * 0.95]], { nearer: -0.6 });
      return [inner, { ...disc(tyre, [x, radius, z], radius, [rim]), nearer: 0.35 }];
    }),
  );
}

/** A rectangle on the front or the back of a vehicle. */
export function plate(skin: Skin, x: number, [y0, y1]: [number, number], [z0, z1]: [number, number]): Panel {
  const corners: Point[] = [
    [x, y0, z0],
    [x, y1, z0],
    [x, y1, z1],
    [x, y0, z1],
  ];
  return panel(skin, corners);
}

/** Lamps, grille and number plate. */
export function frontOf(x: number, low: number, high: number, halfWidth: number, chance: Random): Panel[] {
  const lamp = even(scaled([1, 0.97, 0.88], between(0.6, 1.15, chance)), chance);
  const dark = even([0.08, 0.08, 0.09], chance, 0.2);
  const span = high - low;
  const [y0, y1] = [low + 0.5 * span, low + between(0.7, 0.85, chance) * span];
  const [inner, outer] = [between(0.5, 0.62, chance) * halfWidth, 0.92 * halfWidth];
  const panels = [
    plate(lamp, x, [y0, y1], [inner, outer]),
    plate(lamp, x, [y0, y1], [-outer, -inner]),
    plate(dark, x, [low + 0.3 * span, y1], [-inner * 0.85, inner * 0.85]),
    plate(dark, x, [low, low + 0.15 * span], [-outer, outer]),
  ];
  if (chance.uniform() < 0.5)
    panels.push(
      plate(
        even([0.9, 0.9, 0.8], chance),
        x,
        [low + 0.16 * span, low + 0.28 * span],
        [-0.2 * halfWidth, 0.2 * halfWidth],
      ),
    );
  return panels;
}

/** Two red lamps. */
export function backOf(x: number, low: number, high: number, halfWidth: number, chance: Random): Panel[] {
  const lamp = even([0.65, 0.06, 0.05], chance);
  const [y0, y1] = [low + 0.5 * (high - low), low + 0.85 * (high - low)];
  return [
    plate(lamp, x, [y0, y1], [0.7 * halfWidth, 0.95 * halfWidth]),
    plate(lamp, x, [y0, y1], [-0.95 * halfWidth, -0.7 * halfWidth]),
  ];
}
