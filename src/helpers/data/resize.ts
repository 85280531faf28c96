/** Resizing by a triangle filter: bilinear when it enlarges, a weighted mean of all pixels that a new one covers
 * when it shrinks, so that nothing is skipped. Pixel centres are at halves. */

type Size = { height: number; width: number };

/** How the new pixels of one axis are made of the old. */
interface Taps {
  /** How many old pixels each new one looks at. */
  reach: number;
  /** `[to]`, the first of them. */
  starts: Int32Array;
  /** `[to, reach]`, how much each counts; a row's sum is 1. */
  weights: Float64Array;
}

/** Makes a function that resizes one image, `[height, width, channels]`, again and again.
 * @returns A function whose result is overwritten by its next call. */
export function resizer(
  from: Size,
  to: Size,
  channels: number,
): <T extends ArrayLike<number>>(image: T) => T | Float32Array {
  if (from.height === to.height && from.width === to.width) return (image) => image;
  const columns = tapsOf(from.width, to.width);
  const rows = tapsOf(from.height, to.height);
  const narrow = new Float32Array(from.height * to.width * channels);
  const result = new Float32Array(to.height * to.width * channels);
  return (image) => {
    resizeAxis(image, narrow, columns, {
      outer: from.height,
      from: from.width,
      to: to.width,
      inner: channels,
    });
    resizeAxis(narrow, result, rows, {
      outer: 1,
      from: from.height,
      to: to.height,
      inner: to.width * channels,
    });
    return result;
  };
}

/** Resizes the middle axis: `[outer, from, inner]` → `[outer, to, inner]`. */
function resizeAxis(
  source: ArrayLike<number>,
  target: Float32Array,
  { reach, starts, weights }: Taps,
  { outer, from, to, inner }: { outer: number; from: number; to: number; inner: number },
): void {
  let out = 0;
  for (let o = 0; o < outer; o++)
    for (let t = 0; t < to; t++) {
      const first = (o * from + starts[t]) * inner;
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let k = 0, at = first + i; k < reach; k++, at += inner)
          sum += weights[t * reach + k] * source[at];
        target[out++] = sum;
      }
    }
}

function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  const half = Math.max(1, scale); // half the width of the triangle, in old pixels
  const reach = Math.min(from, Math.ceil(2 * half));
  const starts = new Int32Array(to);
  const weights = new Float64Array(to * reach);
  for (let t = 0; t < to; t++) {
    const centre = (t + 0.5) * scale;
    const start = Math.min(Math.max(0, Math.ceil(centre - half - 0.5)), from - reach);
    const row = weights.subarray(t * reach, (t + 1) * reach);
    for (let k = 0; k < reach; k++) row[k] = Math.max(0, 1 - Math.abs(start + k + 0.5 - centre) / half);
    const sum = row.reduce((total, weight) => total + weight, 0);
    for (let k = 0; k < reach; k++) row[k] /= sum;
    starts[t] = start;
  }
  return { reach, starts, weights };
}
