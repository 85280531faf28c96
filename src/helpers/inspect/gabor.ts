/** Fits a two-dimensional Gabor function: a wave under a Gaussian hill, the usual description of an edge
 * detector's receptive field. */
import { leastSquares } from "./least-squares";

/** How many steps of the search each start gets. */
const STEPS = 40;
/** How many starts, evenly over half a circle: fewer miss the best fit of some kernels. */
const DIRECTIONS = 8;

/** The share of a kernel's variance that the best Gabor function explains:
 * `e^{−(u²/σ² + v²/τ²)/2} (a cos 2πfu + b sin 2πfu)`, where `u` runs across the lines and `v` along them, from
 * a centre that is found too. `a` and `b`, and so the phase, follow from the rest; that is searched by
 * Levenberg and Marquardt's method, from a start in each of eight directions.
 * @param values `[height, width]`, row-major.
 * @returns 0…1; 0 for a kernel without variance.
 * @see Jones & Palmer (1987), An evaluation of the two-dimensional Gabor filter model of simple receptive
 *   fields in cat striate cortex; Golub & Pereyra (1973) for leaving out the linear parameters. */
export function gaborR2(values: ArrayLike<number>, height: number, width: number): number {
  const target = Float64Array.from(values);
  const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
  const variance = target.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const energy = target.reduce((sum, value) => sum + value ** 2, 0);
  if (!(variance > 1e-9 * energy)) return 0;
  const residuals = (parameters: Float64Array): Float64Array =>
    withoutGabor(target, height, width, parameters);
  let least = variance;
  for (const start of starts(residuals, Math.max(height, width))) {
    const { squares } = leastSquares(residuals, start, { steps: STEPS });
    least = Math.min(least, squares);
  }
  return 1 - least / variance;
}

/** For each direction the best guess of a coarse grid: two widths, four frequencies.
 * @param side Of the kernel, in px. */
function starts(residuals: (parameters: Float64Array) => Float64Array, side: number): Float64Array[] {
  return Array.from({ length: DIRECTIONS }, (_, i) => {
    let best = { parameters: new Float64Array(6), squares: Infinity };
    for (const share of [0.25, 0.5])
      for (const frequency of [0.08, 0.16, 0.25, 0.35]) {
        const size = Math.log(share * side);
        const parameters = Float64Array.of(0, 0, (Math.PI * i) / DIRECTIONS, frequency, size, size);
        const squares = residuals(parameters).reduce((sum, value) => sum + value ** 2, 0);
        if (squares < best.squares) best = { parameters, squares };
      }
    return best.parameters;
  });
}

/** What is left of a kernel without the Gabor function of the best two amplitudes.
 * @param parameters Centre x and y from the middle in px, direction of the wave in radians, frequency in
 *   cycles/px, and the logarithms of the Gaussian's widths across and along the lines, in px. */
function withoutGabor(
  target: Float64Array,
  height: number,
  width: number,
  [centreX, centreY, direction, frequency, logAcross, logAlong]: Float64Array,
): Float64Array {
  const side = Math.max(height, width);
  const cos = Math.cos(direction);
  const sin = Math.sin(direction);
  // Beyond these a wave or a hill can't be told from another one on so few pixels.
  const f = 2 * Math.PI * clamp(frequency, 0.01, 0.5);
  const across = clamp(Math.exp(logAcross), 0.4, 4 * side);
  const along = clamp(Math.exp(logAlong), 0.4, 4 * side);
  const x0 = (width - 1) / 2 + clamp(centreX, -width / 2, width / 2);
  const y0 = (height - 1) / 2 + clamp(centreY, -height / 2, height / 2);
  const even = new Float64Array(target.length);
  const odd = new Float64Array(target.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const u = (x - x0) * cos + (y - y0) * sin;
      const v = (y - y0) * cos - (x - x0) * sin;
      const hill = Math.exp(-((u / across) ** 2 + (v / along) ** 2) / 2);
      even[i] = hill * Math.cos(f * u);
      odd[i] = hill * Math.sin(f * u);
    }
  return withoutBoth(target, even, odd);
}

/** The part of a vector that is at right angles to two others (Gram and Schmidt). */
function withoutBoth(target: Float64Array, first: Float64Array, second: Float64Array): Float64Array {
  const rest = without(second, first);
  return without(without(target, first), rest);
}

function without(vector: Float64Array, other: Float64Array): Float64Array {
  let along = 0;
  let square = 0;
  for (let i = 0; i < vector.length; i++) {
    along += vector[i] * other[i];
    square += other[i] ** 2;
  }
  const amount = square > 1e-20 ? along / square : 0;
  return vector.map((value, i) => value - amount * other[i]);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
