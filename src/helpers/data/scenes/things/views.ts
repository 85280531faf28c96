/** The usual ways to photograph things. */
import type { Random } from "../../../random";
import { between } from "../colour";
import type { View } from "../stage";

/** From the side or at a slant, as a rule from a little above; either way round. */
export function groundView(chance: Random): View {
  const { uniform, normal } = chance;
  const side = uniform() < 0.5 ? 0 : Math.PI;
  return {
    yaw: side + 0.55 * normal(),
    pitch: 0.12 + 0.14 * normal(),
    roll: 0.07 * normal(),
    size: between(0.65, 1.2, chance),
    x: 0.5 + 0.07 * normal(),
    y: 0.54 + 0.05 * normal(),
  };
}

/** From the front and near: the thing fills the picture. */
export function closeView(chance: Random): View {
  const { normal } = chance;
  return {
    yaw: -Math.PI / 2 + 0.4 * normal(),
    pitch: 0.05 + 0.15 * normal(),
    roll: 0.12 * normal(),
    size: between(0.8, 1.35, chance),
    x: 0.5 + 0.06 * normal(),
    y: 0.52 + 0.06 * normal(),
  };
}

/** In the air or the water: any way up to a point. */
export function freeView(chance: Random): View {
  const { normal } = chance;
  const view = groundView(chance);
  return { ...view, pitch: 0.35 * normal(), roll: 0.25 * normal(), y: 0.5 + 0.06 * normal() };
}
