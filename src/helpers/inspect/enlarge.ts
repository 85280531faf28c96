/** From the places of a map to the pixels of the image. */
import type { InputSpec } from "../data";
import type { Step } from "../model";
import { fieldIfKnown } from "./receptive-field";

/** Where a map's places lie along one side of the image, in px. */
export interface Places {
  /** The centre of what the first unit sees. */
  first: number;
  /** From one unit to the next. */
  step: number;
}

/** Where the units of a map look: at the centre of what they see, whatever the padding. Where that can't be told,
 * or all see the whole image, they are spread evenly: maps are made to keep the places of the image.
 * @param step Of the map, in the graph.
 * @param shape `[rows, columns]` of the map. */
export function placesOf(
  graph: readonly Step[],
  step: number,
  [rows, columns]: readonly number[],
  input: InputSpec,
): { down: Places; across: Places } {
  const field = fieldIfKnown(graph, step, input);
  const [start, end] = [field?.at(0, 0), field?.at(rows - 1, columns - 1)];
  const down = start && between([start.top, start.bottom], [end!.top, end!.bottom], rows, field!.strideY);
  const across =
    start && between([start.left, start.right], [end!.left, end!.right], columns, field!.strideX);
  return { down: down ?? spread(input.height, rows), across: across ?? spread(input.width, columns) };
}

/** From what the first and the last unit see; undefined where these don't follow each other at the stride. */
function between(first: number[], last: number[], count: number, stride: number): Places | undefined {
  const [from, to] = [first, last].map(([low, high]) => (low + high) / 2);
  const off = Math.abs(to - from - stride * (count - 1));
  return stride > 0 && off <= 1 ? { first: from, step: stride } : undefined; // enlarged maps are off by a pixel
}

function spread(size: number, count: number): Places {
  return { first: size / count / 2, step: size / count };
}

/** Enlarges a map to the size of the image, bilinearly between the centres of its places; outside of the
 * outermost centres it goes on as there.
 * @param map `[rows, columns]`, row-major.
 * @returns `[height, width]`, row-major. */
export function enlarge(
  map: Float32Array,
  [rows, columns]: readonly number[],
  { height, width }: Pick<InputSpec, "height" | "width">,
  { down, across }: { down: Places; across: Places },
): Float32Array {
  const vertical = mixtures(height, rows, down);
  const horizontal = mixtures(width, columns, across);
  const enlarged = new Float32Array(height * width);
  vertical.forEach(({ from: top, to: bottom, share: low }, y) =>
    horizontal.forEach(({ from: left, to: right, share: far }, x) => {
      const along = (row: number): number =>
        (1 - far) * map[row * columns + left] + far * map[row * columns + right];
      enlarged[y * width + x] = (1 - low) * along(top) + low * along(bottom);
    }),
  );
  return enlarged;
}

/** For each pixel along a side the two places it lies between, and the share of the second one. */
function mixtures(
  pixels: number,
  count: number,
  { first, step }: Places,
): { from: number; to: number; share: number }[] {
  return Array.from({ length: pixels }, (_, pixel) => {
    const place = Math.min(count - 1, Math.max(0, (pixel + 0.5 - first) / step));
    const from = Math.floor(place);
    return { from, to: Math.min(count - 1, from + 1), share: place - from };
  });
}
