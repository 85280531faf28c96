/** What a surface looks like: colours laid out in a pattern, with natural unevenness. */
import type { Random } from "../../random";
import { anyColour, between, furColour, lacquerColour, mix, oneOf, type Colour } from "./colour";
import { texture } from "./noise";

/** Writes the surface's colour at a place, in units of the thing it covers, into `out`. */
export type Skin = (x: number, y: number, out: Float32Array) => void;

/** How much of the second colour there is at a place, 0…1. */
type Pattern = (x: number, y: number) => number;
type PatternName = "plain" | "shaded" | "mottled" | "patched" | "striped" | "spotted" | "checked";

const step = (value: number, softness: number): number =>
  Math.max(0, Math.min(1, 0.5 + (0.5 * value) / softness));

const patterns: Record<PatternName, (chance: Random) => Pattern> = {
  plain: () => () => 0,
  shaded: (chance) => {
    const angle = Math.PI / 2 + 0.5 * chance.normal(); // mostly from top to bottom
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return (x, y) => step(cos * x + sin * y, 0.8);
  },
  mottled: (chance) => {
    const field = texture(chance, { scale: between(0.4, 1, chance) });
    return (x, y) => step(field(x, y), 2);
  },
  patched: (chance) => {
    const field = texture(chance, { scale: between(0.7, 1.8, chance) });
    const level = 0.6 * chance.normal();
    return (x, y) => step(field(x, y) - level, 0.25);
  },
  striped: (chance) => {
    const field = texture(chance, { scale: 1 });
    const angle = Math.PI * chance.uniform();
    const wave = 2 * Math.PI * between(1.5, 5, chance);
    const [cos, sin] = [Math.cos(angle) * wave, Math.sin(angle) * wave];
    const wobble = between(0, 1.2, chance);
    const level = between(-0.4, 0.5, chance);
    return (x, y) => step(Math.sin(cos * x + sin * y + wobble * field(x, y)) - level, 0.4);
  },
  spotted: (chance) => {
    const field = texture(chance, { scale: 1 });
    const wave = 2 * Math.PI * between(1.5, 4, chance);
    const level = between(0.2, 0.8, chance);
    return (x, y) => {
      const shift = 0.7 * field(x, y);
      return step(
        Math.sin(wave * (x + 0.3 * y) + shift) * Math.sin(wave * (y - 0.2 * x) - shift) - level,
        0.3,
      );
    };
  },
  checked: (chance) => {
    const wave = 2 * Math.PI * between(1.5, 4, chance);
    return (x, y) => step(Math.sin(wave * x) * Math.sin(wave * y), 0.3);
  },
};

export interface SkinOptions {
  colours: [Colour, Colour];
  patterns: PatternName[];
  /** Strength of the fine unevenness; 0.1 is slight. */
  grain: number;
  /** Direction and length of hairs or fibres. */
  stretch?: number;
  angle?: number;
}

/** A surface with one of the patterns. */
export function makeSkin(options: SkinOptions, chance: Random): Skin {
  const [a, b] = options.colours;
  const pattern = patterns[oneOf(options.patterns, chance)](chance);
  const { grain, stretch, angle } = options;
  const fine = texture(chance, { scale: between(0.25, 0.8, chance), stretch, angle });
  return (x, y, out) => {
    const share = pattern(x, y);
    const light = 1 + grain * fine(x, y);
    out[0] = (a[0] + (b[0] - a[0]) * share) * light;
    out[1] = (a[1] + (b[1] - a[1]) * share) * light;
    out[2] = (a[2] + (b[2] - a[2]) * share) * light;
  };
}

/** One colour, nearly even. */
export function even(colour: Colour, chance: Random, grain = 0.06): Skin {
  return makeSkin({ colours: [colour, colour], patterns: ["plain"], grain }, chance);
}

/** An animal's coat. */
export function fur(chance: Random): Skin {
  const colours: [Colour, Colour] = [furColour(chance), furColour(chance)];
  if (chance.uniform() < 0.3) colours[1] = mix(colours[0], colours[1], 0.35);
  const kinds: PatternName[] = [
    "plain",
    "shaded",
    "shaded",
    "mottled",
    "patched",
    "patched",
    "striped",
    "spotted",
  ];
  return makeSkin(
    { colours, patterns: kinds, grain: between(0.06, 0.2, chance), stretch: 2.5, angle: 0.4 },
    chance,
  );
}

/** Feathers or scales: as fur, and now and then bright. */
export function plumage(chance: Random): Skin {
  const pick = (): Colour => (chance.uniform() < 0.5 ? furColour(chance) : anyColour(chance));
  const kinds: PatternName[] = ["plain", "shaded", "shaded", "mottled", "patched", "striped", "spotted"];
  return makeSkin({ colours: [pick(), pick()], patterns: kinds, grain: between(0.05, 0.15, chance) }, chance);
}

/** Painted metal. */
export function lacquer(chance: Random, colour: Colour = lacquerColour(chance)): Skin {
  const kinds: PatternName[] = ["plain", "plain", "plain", "shaded"];
  return makeSkin({ colours: [colour, lacquerColour(chance)], patterns: kinds, grain: 0.05 }, chance);
}

/** Woven cloth. */
export function cloth(chance: Random): Skin {
  const kinds: PatternName[] = ["plain", "plain", "plain", "mottled", "striped", "checked", "spotted"];
  const colours: [Colour, Colour] = [anyColour(chance), anyColour(chance)];
  return makeSkin({ colours, patterns: kinds, grain: between(0.05, 0.15, chance) }, chance);
}
