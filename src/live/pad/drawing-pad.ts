import type { tf } from "../../helpers";
import type { PadOptions } from "./options";
import { DrawingPad } from "./pad";

/** Makes a pad to draw on with a mouse, a finger or a pen. The network says what it takes the drawing for while it is
 * drawn; it can be taught other forms, or classes of your own, by drawing them; and drawings are saved as pictures.
 *
 * A drawing becomes what MNIST's digits are: scaled and centred, 28×28, then of the size that the network takes.
 * @param model Borrowed, and left as it is: the pad teaches a copy, `pad.model`.
 * @returns A pad; `await pad.show()` shows it. It owns its network: `pad.dispose()` in the end.
 * @throws Error where the model has no card, or takes no images of one or three channels; RangeError or TypeError for
 *   impossible options.
 * @example
 * const pad = drawingPad(target, { examples: few, folder: "./my-digits" });
 * await pad.show();
 * @example
 * const symbols = drawingPad(source, { classes: ["circle", "star", "heart"] });
 * await symbols.teach(strokes, "star"); // without a page: the same calls that its buttons make
 * const { before, after } = await symbols.learn(); */
export function drawingPad(model: tf.LayersModel, options: PadOptions = {}): DrawingPad {
  return new DrawingPad(model, options);
}
