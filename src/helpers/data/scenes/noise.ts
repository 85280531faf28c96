/** Natural-looking texture: noise whose amplitude falls as 1/frequency, as it does in photographs (Field, 1987). */
import { random, type Random } from "../../random";

const sizePx = 128;
const octaves = [4, 8, 16, 32, 64]; // cells along a side
let tile: Float32Array | undefined;

/** A value for every place of the plane; mean 0, standard deviation 1. */
export type Texture = (x: number, y: number) => number;

export interface TextureOptions {
  /** Size of the largest features, in the caller's units. */
  scale: number;
  /** Features this many times longer than wide; 1 if not given. */
  stretch?: number;
  /** The direction of their length, radians. */
  angle?: number;
}

/** A texture, cut from a different place each time. */
export function texture({ uniform }: Random, { scale, stretch = 1, angle = 0 }: TextureOptions): Texture {
  const noise = (tile ??= makeTile());
  const zoom = sizePx / octaves[0] / scale;
  const [cos, sin] = [Math.cos(angle) * zoom, Math.sin(angle) * zoom];
  const [alongX, alongY] = [cos / stretch, sin / stretch];
  const [u0, v0] = [sizePx * (8 + uniform()), sizePx * (8 + uniform())];
  const mask = sizePx - 1;
  return (x, y) => {
    const u = u0 + alongX * x + alongY * y;
    const v = v0 + cos * y - sin * x;
    const iu = Math.floor(u);
    const iv = Math.floor(v);
    const fu = u - iu;
    const fv = v - iv;
    const top = (iv & mask) * sizePx;
    const bottom = ((iv + 1) & mask) * sizePx;
    const left = iu & mask;
    const right = (iu + 1) & mask;
    const above = noise[top + left] * (1 - fu) + noise[top + right] * fu;
    const below = noise[bottom + left] * (1 - fu) + noise[bottom + right] * fu;
    return above * (1 - fv) + below * fv;
  };
}

/** Octaves of smooth noise of nearly equal strength, on a tile that repeats without a seam. */
function makeTile(): Float32Array {
  const chance = random(20250901);
  const values = new Float32Array(sizePx * sizePx);
  octaves.forEach((cells, octave) => addOctave(values, cells, Math.pow(0.85, octave), chance));
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / values.length);
  return values.map((v) => (v - mean) / spread);
}

function addOctave(values: Float32Array, cells: number, strength: number, { normal }: Random): void {
  const lattice = Float32Array.from({ length: cells * cells }, () => normal());
  const at = (i: number, j: number): number => lattice[(j % cells) * cells + (i % cells)];
  const ease = (t: number): number => t * t * (3 - 2 * t);
  for (let p = 0; p < values.length; p++) {
    const [x, y] = [((p % sizePx) * cells) / sizePx, (Math.floor(p / sizePx) * cells) / sizePx];
    const [i, j] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [ease(x - i), ease(y - j)];
    const above = at(i, j) * (1 - u) + at(i + 1, j) * u;
    const below = at(i, j + 1) * (1 - u) + at(i + 1, j + 1) * u;
    values[p] += strength * (above * (1 - v) + below * v);
  }
}
