/** Run-length-encoded bitmaps: pairs of bytes, "so many pixels of this colour", and escapes between them. */

/** Unpacks the colours' indices.
 * @param start Where the runs begin.
 * @returns `[height, width]`, from the bottom row up; 0 where the runs leave pixels out.
 * @throws Error where the runs end too early. */
export function unpackRuns(
  bytes: Uint8Array,
  start: number,
  { width, height, bits }: { width: number; height: number; bits: number },
): Uint8Array {
  const indices = new Uint8Array(height * width);
  let x = 0;
  let y = 0;
  const put = (index: number): void => {
    if (x < width && y < height) indices[y * width + x] = index;
    x++;
  };
  /** The `i`th of the indices that are packed from `from` on. */
  const indexAt = (from: number, i: number): number =>
    bits === 8 ? bytes[from + i] : (bytes[from + (i >> 1)] >> (i % 2 ? 0 : 4)) & 15;

  for (let at = start; at + 1 < bytes.length;) {
    const [count, value] = bytes.subarray(at, at + 2);
    at += 2;
    if (count > 0) for (let i = 0; i < count; i++) put(indexAt(at - 1, bits === 8 ? 0 : i % 2));
    else if (value === 0) {
      x = 0; // the next row
      y++;
    } else if (value === 1) return indices;
    else if (value === 2) {
      x += bytes[at] ?? 0; // pixels are left out
      y += bytes[at + 1] ?? 0;
      at += 2;
    } else {
      const length = Math.ceil((value * bits) / 8);
      if (at + length > bytes.length) break;
      for (let i = 0; i < value; i++) put(indexAt(at, i));
      at += length + (length % 2);
    }
  }
  if (y >= height || (y === height - 1 && x >= width)) return indices; // the end is not marked
  throw new Error("the bitmap is cut off");
}
