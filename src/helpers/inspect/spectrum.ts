/** What a small picture's spectrum says: whether it is an edge of some angle, a blob, or neither. */
import type { FilterKind } from "./types";

/** In cycles/px. */
const FREQUENCIES = Array.from({ length: 17 }, (_, i) => (2 + i) / 40);
/** In radians, evenly over half a circle: the other half mirrors it. */
const DIRECTIONS = Array.from({ length: 24 }, (_, i) => (Math.PI * i) / 24);
/** How much the amplitudes at the best frequency have to agree on a direction, 0…1. */
const LEAST_AGREEMENT = 0.3;

export interface Reading {
  kind: FilterKind;
  /** Of the lines, in degrees in [0, 180): 0 lies, 90 stands, 45 rises to the right. */
  angle: number;
  /** The strongest, in cycles/px; 0 for a blob. */
  frequency: number;
}

/** Reads one colour component of a kernel. Its Fourier amplitudes `A` are taken at 17 frequencies from 0.05 to
 * 0.45 cycles/px and in 24 directions `θ`. It is a blob where no amplitude exceeds the sum of its weights;
 * else oriented where `|Σ A e^{2iθ}| / Σ A > 0.3` at the frequency of the largest amplitude; else neither.
 * @param values `[height, width]`, row-major. */
export function readSpectrum(values: ArrayLike<number>, height: number, width: number): Reading {
  let best = { peak: -1, frequency: 0, amplitudes: [] as number[] };
  for (const frequency of FREQUENCIES) {
    const amplitudes = DIRECTIONS.map((direction) =>
      amplitude(values, height, width, frequency * Math.cos(direction), frequency * Math.sin(direction)),
    );
    const peak = Math.max(...amplitudes);
    if (peak > best.peak) best = { peak, frequency, amplitudes };
  }
  let along = 0;
  let across = 0;
  let total = 0;
  best.amplitudes.forEach((value, i) => {
    along += value * Math.cos(2 * DIRECTIONS[i]);
    across += value * Math.sin(2 * DIRECTIONS[i]);
    total += value;
  });
  const sum = Math.abs(Array.from(values).reduce((all, value) => all + value, 0));
  const agreement = Math.hypot(along, across) / (total || 1);
  const kind = sum > 0 && sum >= best.peak ? "blob" : agreement > LEAST_AGREEMENT ? "oriented" : "neither";
  return {
    kind,
    angle: lineAngle(Math.atan2(across, along) / 2),
    frequency: kind === "blob" ? 0 : best.frequency,
  };
}

/** The angle of lines, in degrees, of a wave that runs in a direction given in radians with y pointing down. */
export function lineAngle(direction: number): number {
  const degrees = 90 - (direction * 180) / Math.PI;
  const angle = ((degrees % 180) + 180) % 180;
  return angle > 180 - 1e-9 ? 0 : angle;
}

function amplitude(values: ArrayLike<number>, height: number, width: number, fx: number, fy: number): number {
  let even = 0;
  let odd = 0;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const phase = 2 * Math.PI * (fx * x + fy * y);
      even += values[i] * Math.cos(phase);
      odd += values[i] * Math.sin(phase);
    }
  return Math.hypot(even, odd);
}
