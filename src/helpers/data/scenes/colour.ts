/** Colours and the palettes that things are painted from. */
import type { Random } from "../../random";

/** Red, green and blue, 0…1. */
export type Colour = [number, number, number];

/** One of the items, each as likely. */
export function oneOf<T>(items: readonly T[], { int }: Random): T {
  return items[int(items.length)];
}

/** A number between two others. */
export function between(low: number, high: number, { uniform }: Random): number {
  return low + (high - low) * uniform();
}

export function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

export function scaled(colour: Colour, by: number): Colour {
  return [colour[0] * by, colour[1] * by, colour[2] * by];
}

/** From hue in turns, saturation and value, each 0…1. */
export function hsv(hue: number, saturation: number, value: number): Colour {
  const channel = (n: number): number => {
    const k = (n + hue * 6) % 6;
    return value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Nearly the same colour. */
export function vary(colour: Colour, spread: number, { normal }: Random): Colour {
  const light = 1 + spread * normal();
  return colour.map((c) => Math.min(1, Math.max(0.01, c * light + 0.15 * spread * normal()))) as Colour;
}

/** Any colour at all, greys included. */
export function anyColour({ uniform }: Random): Colour {
  const grey = uniform() < 0.35;
  return hsv(uniform(), grey ? 0.12 * uniform() : 0.25 + 0.7 * uniform(), 0.12 + 0.85 * uniform());
}

const furs: Colour[] = [
  [0.09, 0.08, 0.08],
  [0.22, 0.15, 0.1],
  [0.42, 0.27, 0.15],
  [0.62, 0.4, 0.2],
  [0.78, 0.62, 0.42],
  [0.9, 0.86, 0.8],
  [0.93, 0.93, 0.92],
  [0.45, 0.44, 0.43],
  [0.62, 0.6, 0.57],
  [0.35, 0.3, 0.26],
];

/** Of fur, hair and feathers. */
export function furColour(chance: Random): Colour {
  return vary(oneOf(furs, chance), 0.12, chance);
}

/** Of people's skin. */
export function skinColour(chance: Random): Colour {
  return vary(mix([0.3, 0.18, 0.12], [0.95, 0.78, 0.66], chance.uniform()), 0.06, chance);
}

const lacquers: Colour[] = [
  [0.93, 0.93, 0.93],
  [0.75, 0.76, 0.78],
  [0.4, 0.42, 0.45],
  [0.08, 0.08, 0.09],
  [0.7, 0.1, 0.08],
  [0.12, 0.22, 0.5],
];

/** Of cars, boats and planes: often white, grey or black, else anything. */
export function lacquerColour(chance: Random): Colour {
  return chance.uniform() < 0.55 ? vary(oneOf(lacquers, chance), 0.1, chance) : anyColour(chance);
}

/** Of leaves and grass through the year. */
export function leafColour(chance: Random): Colour {
  const { uniform } = chance;
  return hsv(0.1 + 0.25 * uniform() * (0.5 + 0.5 * uniform()), 0.25 + 0.5 * uniform(), 0.2 + 0.5 * uniform());
}
