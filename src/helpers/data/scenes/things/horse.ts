import type { Random } from "../../../random";
import { between } from "../colour";
import type { Thing } from "../stage";
import { coatOf, portrait, quadruped, type Build } from "./quadruped";
import { closeView, groundView } from "./views";

/** A horse: whole or its head. */
export function horse(chance: Random): Thing {
  const { uniform } = chance;
  const sweep = between(0.1, 0.5, chance);
  const build: Build = {
    length: between(1, 1.3, chance),
    legs: between(0.85, 1.15, chance),
    girth: between(0.3, 0.38, chance),
    legRadius: between(0.075, 0.1, chance),
    neck: [between(0.35, 0.6, chance), between(0.45, 0.75, chance)],
    neckRadius: between(0.15, 0.2, chance),
    head: between(0.16, 0.2, chance),
    muzzle: {
      length: between(1.5, 2, chance),
      radius: between(0.5, 0.65, chance),
      drop: between(0.5, 1.2, chance),
    },
    ears: "pricked",
    earSize: between(0.55, 0.8, chance),
    eyes: { radius: 0.15, colour: [0.1, 0.06, 0.04], slit: false },
    nose: { radius: 0.16, colour: [0.12, 0.1, 0.1] },
    whiskers: false,
    mane: true,
    tail: [
      [0, 0, 0, 0.08],
      [-0.15 - sweep * 0.5, -0.15, 0, 0.12],
      [-0.2 - sweep, -0.7, 0, 0.09],
    ],
    ...coatOf(chance),
  };
  if (uniform() < 0.2) {
    const view = closeView(chance);
    return {
      pieces: portrait(build, chance),
      view: { ...view, yaw: view.yaw + (uniform() < 0.5 ? -1 : 1) * between(0.4, 1.5, chance) },
      grounded: false,
    };
  }
  return {
    pieces: quadruped(build, uniform() < 0.93 ? "standing" : "lying", chance),
    view: groundView(chance),
    grounded: true,
  };
}
