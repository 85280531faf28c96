"use strict";

/* How a picture becomes what the network takes. The maths is that of src/helpers/data/photo.ts and resize.ts, so
   that the page and `predict` see the same. */
globalThis.pixels = (() => {
  const WHITE = [255, 255, 255];

  /** Where the scaled picture lies in the frame that the network sees, along one axis.
   * @returns `{ scale, to, offset }`: old pixels per new one, the scaled picture's length, and where the frame
   *   begins in it; below 0 where there is a bar. */
  function place(from, frame, scale) {
    const to = Math.max(1, Math.round(from / scale));
    const space = to - frame;
    return { scale, to, offset: space >= 0 ? (space + 1) >> 1 : -(-space >> 1) };
  }

  /** @param fit `"crop"`, `"stretch"` or `"pad"`. */
  function placement({ height, width }, frame, fit) {
    const [down, across] = [height / frame.height, width / frame.width];
    const scale = fit === "pad" ? Math.max(down, across) : Math.min(down, across);
    return {
      rows: place(height, frame.height, fit === "stretch" ? down : scale),
      columns: place(width, frame.width, fit === "stretch" ? across : scale),
    };
  }

  /** How each new pixel of one axis is made of the old: a triangle filter, see resize.ts. `undefined` in a bar. */
  function tapsOf(from, frame, { scale, to, offset }) {
    const half = Math.max(1, scale);
    const reach = Math.min(from, Math.ceil(2 * half));
    return Array.from({ length: frame }, (_, i) => {
      const t = i + offset;
      if (t < 0 || t >= to) return undefined;
      const centre = (t + 0.5 - to / 2) * scale + from / 2;
      const start = Math.min(Math.max(0, Math.ceil(centre - half - 0.5)), from - reach);
      const weights = Float64Array.from({ length: reach }, (_, k) =>
        Math.max(0, 1 - Math.abs(start + k + 0.5 - centre) / half),
      );
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return { start, weights: weights.map((weight) => weight / sum) };
    });
  }

  /** `[height, width, 4]` → `[frame.height, frame.width, 3]`, rounded; bars are white. */
  function resize({ data, height, width }, frame, fit) {
    const { rows, columns } = placement({ height, width }, frame, fit);
    const narrow = new Float32Array(height * frame.width * 3);
    tapsOf(width, frame.width, columns).forEach((taps, x) => {
      for (let y = 0; y < height; y++)
        for (let c = 0; c < 3; c++) {
          let sum = taps ? 0 : WHITE[c];
          taps?.weights.forEach((weight, k) => (sum += weight * data[4 * (y * width + taps.start + k) + c]));
          narrow[3 * (y * frame.width + x) + c] = sum;
        }
    });
    const line = 3 * frame.width;
    const result = new Uint8ClampedArray(frame.height * line); // rounds to the nearest
    tapsOf(height, frame.height, rows).forEach((taps, y) => {
      for (let i = 0; i < line; i++) {
        let sum = taps ? 0 : WHITE[i % 3];
        taps?.weights.forEach((weight, k) => (sum += weight * narrow[(taps.start + k) * line + i]));
        result[y * line + i] = sum;
      }
    });
    return result;
  }

  /** What the network sees of a picture.
   * @param image `{ data, height, width }`, `[height, width, 4]`, opaque.
   * @param input The card's: height, width, channels.
   * @returns `[height, width, channels]`, 0…255. */
  function see(image, input, fit) {
    const colours = resize(image, input, fit);
    if (input.channels === 3) return colours;
    return Uint8ClampedArray.from(
      { length: colours.length / 3 },
      (_, i) => 0.299 * colours[3 * i] + 0.587 * colours[3 * i + 1] + 0.114 * colours[3 * i + 2],
    );
  }

  /** Bytes, mapped to the values that the network takes. */
  function inRange(bytes, [low, high]) {
    return Float32Array.from(bytes, (byte) => low + ((high - low) * byte) / 255);
  }

  /** Pixels of one or three channels, as `[height, width, 4]`. */
  function opaque(bytes, { height, width, channels }) {
    const data = new Uint8ClampedArray(4 * height * width).fill(255);
    for (let i = 0; i < height * width; i++)
      for (let c = 0; c < 3; c++) data[4 * i + c] = bytes[channels * i + (channels === 3 ? c : 0)];
    return { data, height, width };
  }

  /** The square around a drawing, as MNIST's digits lie in theirs: its longer side is 20 of 28, and the ink's
   * centre of gravity is in the middle.
   * @param paper The red of the background.
   * @returns `{ left, top, side }`, or undefined where nothing is drawn. */
  function frameOfInk({ data, height, width }, paper) {
    const box = { left: width, top: height, right: -1, bottom: -1 };
    const sums = { ink: 0, x: 0, y: 0 };
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const ink = Math.abs(data[4 * (y * width + x)] - paper);
        if (ink < 32) continue;
        box.left = Math.min(box.left, x);
        box.right = Math.max(box.right, x + 1);
        box.top = Math.min(box.top, y);
        box.bottom = Math.max(box.bottom, y + 1);
        sums.ink += ink;
        sums.x += ink * (x + 0.5);
        sums.y += ink * (y + 0.5);
      }
    if (sums.ink === 0) return undefined;
    const side = Math.ceil((28 / 20) * Math.max(box.right - box.left, box.bottom - box.top));
    const edge = Math.ceil(side / 28); // what the centre of gravity may not push the ink over
    const begin = (centre, first, last) =>
      Math.min(Math.max(Math.round(centre / sums.ink - side / 2), last + edge - side), first - edge);
    return { left: begin(sums.x, box.left, box.right), top: begin(sums.y, box.top, box.bottom), side };
  }

  return { see, inRange, opaque, frameOfInk };
})();
