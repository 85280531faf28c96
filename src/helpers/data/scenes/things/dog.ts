import type { Random } from "../../../random";
import { between, oneOf } from "../colour";
import type { Ball } from "../solid";
import type { Thing } from "../stage";
import { coatOf, portrait, quadruped, type Build } from "./quadruped";
import { closeView, groundView } from "./views";

/** A dog of any breed: whole or its face. */
export function dog(chance: Random): Thing {
  const { uniform } = chance;
  const lift = between(-0.6, 1, chance);
  const bushy = between(0.05, 0.12, chance);
  const tail: Ball[] = [
    [0, 0, 0, bushy],
    [-0.3, 0.35 * lift, 0, bushy * 1.2],
    [-0.35 + 0.3 * uniform(), 0.8 * lift, 0, bushy * 0.7],
  ];
  const build: Build = {
    length: between(1, 1.5, chance),
    legs: between(0.35, 0.85, chance),
    girth: between(0.28, 0.42, chance),
    legRadius: between(0.09, 0.13, chance),
    neck: [between(0.25, 0.45, chance), between(0.2, 0.55, chance)],
    neckRadius: between(0.2, 0.28, chance),
    head: between(0.25, 0.34, chance),
    muzzle: {
      length: between(0.55, 1.2, chance),
      radius: between(0.38, 0.55, chance),
      drop: between(0.05, 0.3, chance),
    },
    ears: uniform() < 0.75 ? "hanging" : "pricked",
    earSize: between(0.7, 1.25, chance),
    eyes: { radius: between(0.11, 0.16, chance), colour: [0.25, 0.15, 0.08], slit: false },
    nose: {
      radius: between(0.2, 0.28, chance),
      colour: oneOf(
        [
          [0.05, 0.05, 0.05],
          [0.25, 0.15, 0.12],
        ],
        chance,
      ),
    },
    whiskers: false,
    mane: false,
    tail,
    ...coatOf(chance),
  };
  if (uniform() < 0.4) return { pieces: portrait(build, chance), view: closeView(chance), grounded: false };
  const pose = oneOf(["standing", "standing", "sitting", "lying"] as const, chance);
  return { pieces: quadruped(build, pose, chance), view: groundView(chance), grounded: true };
}
