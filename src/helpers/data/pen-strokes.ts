/** Anybody's handwriting, as the digits of pen-digits and MNIST are drawn. */
import type { InputSpec } from "./examples";
import { drawInk, sizePx } from "./pen-digits/ink";
import type { PenPoint } from "./pen-digits/trace";

export type { PenPoint };

/** What {@link drawPenStrokes} gives. */
export const PEN_PICTURE: InputSpec = {
  type: "image",
  height: sizePx,
  width: sizePx,
  channels: 1,
  range: [0, 255],
};

/** The simulated writers' ink is a little uneven; this is even. */
const even = { uniform: () => 0, normal: () => 0 } as unknown as Parameters<typeof drawInk>[1];

/** Draws strokes the way MNIST does it: white ink on black, scaled so that the longer side takes 20 of 28 pixels,
 * the centre of mass at the centre.
 * @param strokes Places that the pen passes, close together, with half the width of the line there; in any unit. A
 *   stroke of a single place is a dot.
 * @returns `[28, 28]`, 0…255; black where there are no strokes.
 * @example drawPenStrokes([[{ x: 0, y: 0, radius: 0.06 }, { x: 0, y: 1, radius: 0.06 }]]); // a one
 * @see LeCun et al. (1998), Gradient-Based Learning Applied to Document Recognition. */
export function drawPenStrokes(strokes: readonly (readonly PenPoint[])[]): Uint8Array {
  const image = new Uint8Array(sizePx * sizePx);
  const drawn = strokes.filter(({ length }) => length > 0);
  const lines = drawn.map((stroke) => (stroke.length > 1 ? [...stroke] : [stroke[0], stroke[0]]));
  if (lines.length > 0) drawInk(lines, even, image);
  return image;
}
