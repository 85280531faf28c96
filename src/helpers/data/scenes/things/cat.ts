import type { Random } from "../../../random";
import { between, hsv, oneOf } from "../colour";
import type { Ball } from "../solid";
import type { Thing } from "../stage";
import { coatOf, portrait, quadruped, type Build } from "./quadruped";
import { closeView, groundView } from "./views";

/** A cat: whole or its face. */
export function cat(chance: Random): Thing {
  const { uniform } = chance;
  const lift = between(-0.5, 1, chance);
  const tail: Ball[] = [
    [0, 0, 0, 0.1],
    [-0.35, 0.1 + 0.2 * lift, 0, 0.09],
    [-0.6, 0.3 * lift, between(-0.3, 0.3, chance), 0.085],
    [-0.75, 0.8 * lift, between(-0.4, 0.4, chance), 0.07],
  ];
  const build: Build = {
    length: between(0.95, 1.35, chance),
    legs: between(0.4, 0.6, chance),
    girth: between(0.27, 0.38, chance),
    legRadius: between(0.085, 0.11, chance),
    neck: [0.25, between(0.25, 0.45, chance)],
    neckRadius: between(0.2, 0.26, chance),
    head: between(0.27, 0.36, chance),
    muzzle: { length: between(0.15, 0.4, chance), radius: between(0.38, 0.5, chance), drop: 0.05 },
    ears: "pricked",
    earSize: between(0.8, 1.2, chance),
    eyes: { radius: between(0.17, 0.25, chance), colour: hsv(0.1 + 0.4 * uniform(), 0.6, 0.75), slit: true },
    nose: {
      radius: 0.11,
      colour: oneOf(
        [
          [0.7, 0.42, 0.42],
          [0.2, 0.15, 0.15],
        ],
        chance,
      ),
    },
    whiskers: true,
    mane: false,
    tail,
    ...coatOf(chance),
  };
  if (uniform() < 0.4) return { pieces: portrait(build, chance), view: closeView(chance), grounded: false };
  const pose = oneOf(["standing", "sitting", "sitting", "lying"] as const, chance);
  return { pieces: quadruped(build, pose, chance), view: groundView(chance), grounded: true };
}
