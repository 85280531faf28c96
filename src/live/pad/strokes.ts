/** What the pen did: strokes, and the numbers in a row that kernel and page exchange of them. */

/** Across and down the paper, each 0…1, and how hard the pen was pressed, 0…1: 0.5 if not said. */
export type PadPoint = readonly [x: number, y: number, pressure?: number];

/** The places that the pen passed from down to up. */
export type Stroke = readonly PadPoint[];

const MOST_POINTS = 20_000;

/** Strokes in a row: of each the number of its points, then x, y and pressure of every one.
 * @throws Error where they are no strokes. */
export function packStrokes(strokes: readonly Stroke[]): Float32Array {
  if (!Array.isArray(strokes) || !strokes.every(Array.isArray)) throw noStrokes("lists of [x, y]");
  const row = strokes.flatMap((stroke: Stroke) => [
    stroke.length,
    ...stroke.flatMap(([x, y, pressure = 0.5]) => [x, y, pressure]),
  ]);
  const packed = Float32Array.from(row);
  unpackStrokes(packed); // checks them
  return packed;
}

/** @throws Error where the numbers are no strokes: the page may have sent anything. */
export function unpackStrokes(packed: Float32Array): Stroke[] {
  if (packed.length > 4 * MOST_POINTS) throw noStrokes(`at most ${MOST_POINTS} points`);
  const strokes: Stroke[] = [];
  for (let at = 0; at < packed.length;) {
    const count = packed[at++];
    if (!(Number.isInteger(count) && count >= 1 && at + 3 * count <= packed.length))
      throw noStrokes("a point or more to each stroke");
    const points = Array.from({ length: count }, (_, i) => packed.subarray(at + 3 * i, at + 3 * i + 3));
    if (!points.flatMap((point) => [...point]).every((value) => value >= 0 && value <= 1))
      throw noStrokes("x, y and pressure from 0 to 1");
    strokes.push(points.map(([x, y, pressure]) => [x, y, pressure] as const));
    at += 3 * count;
  }
  return strokes;
}

function noStrokes(allowed: string): Error {
  return new Error(`Cannot draw these strokes: they have ${allowed}.`);
}
