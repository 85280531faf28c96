/** A simulated writer: all that stays the same from one of their digits to the next. */
import type { Random } from "../../random";
import { allographs, type Allograph } from "./allographs";

export interface Writer {
  /** By digit: the writer's own form of each allograph they use, with how often they use it. */
  forms: { form: Allograph; share: number }[][];
  /** Sideways shift per unit of height; positive leans right. */
  slant: number;
  /** Width over height, relative to the usual. */
  aspect: number;
  /** Rotation of the line they write on, radians. */
  tilt: number;
  /** Width of the pen's line, in digit heights. */
  penWidth: number;
  /** How much wider the line is across the pen's edge than along it, 0…0.5. */
  nib: number;
  /** The direction of that edge, radians. */
  nibAngle: number;
  /** How much pressure swells within a stroke and fades at its ends. */
  pressure: number;
  /** Length of the curve's tangents: low is angular, high is round. */
  roundness: number;
  /** Share of sharp turns that come out round. */
  haste: number;
  /** Size of the hand's shaking, in digit heights. */
  tremor: number;
  /** How often, and how long, a hook is left where the pen comes down and where it leaves. */
  hookChance: number;
  hookLength: number;
  /** How much one digit differs from the writer's next, in digit heights. */
  carelessness: number;
}

/** Makes up a writer. */
export function makeWriter(chance: Random): Writer {
  const { uniform, normal } = chance;
  const manner = 0.013 + 0.04 * uniform(); // how far this hand is from the copybook
  return {
    forms: allographs.map((ways) => chooseForms(ways, manner, chance)),
    slant: 0.12 + 0.22 * normal(),
    aspect: Math.exp(0.02 + 0.185 * normal()),
    tilt: 0.08 * normal(),
    penWidth: 0.125 * Math.exp(0.3 * normal()),
    nib: 0.35 * uniform() * uniform(),
    nibAngle: Math.PI * uniform(),
    pressure: 0.3 * uniform(),
    roundness: 0.75 + 0.5 * uniform(),
    haste: uniform() * uniform(),
    tremor: 0.02 * uniform() * uniform(),
    hookChance: 0.5 * uniform() * uniform(),
    hookLength: 0.06 + 0.1 * uniform(),
    carelessness: 0.011 + 0.032 * uniform(),
  };
}

/** One form or two of a digit: the usual ones more often, each bent to this hand. */
function chooseForms(ways: Allograph[], manner: number, chance: Random): Writer["forms"][number] {
  const own = (form: Allograph): Allograph => bend(form, manner, chance);
  const first = favourite(ways.length, chance);
  if (chance.uniform() < 0.7) return [{ form: own(ways[first]), share: 1 }];
  const second = favourite(ways.length, chance);
  const share = 0.5 + 0.45 * chance.uniform();
  return [
    { form: own(ways[first]), share },
    { form: own(ways[second]), share: 1 - share },
  ];
}

function favourite(ways: number, { uniform }: Random): number {
  return Math.floor(ways * Math.pow(uniform(), 1.6));
}

/** A copy with each point moved at random, by `spread` digit heights on average. */
export function bend(form: Allograph, spread: number, { normal }: Random): Allograph {
  return form.map((stroke) =>
    stroke.map(({ x, y, corner }) => ({ x: x + spread * normal(), y: y + spread * normal(), corner })),
  );
}
