import { imageAt, type Evaluation, type Examples } from "../helpers";
import { display } from "./display";
import { count, percent } from "./format";
import { showPicture } from "./picture";
import { imageGrid, type Raster } from "./raster";

export interface ShowMistakesOptions {
  /** How many at most; 10. */
  most?: number;
  title?: string;
}

const COLUMNS = 5;
const SIDE = 112; // CSS px, about: room for a class with its probability

/** Shows the images that a model names wrongly, the surest mistakes first: below each what the model says, how
 * sure it is, and what the image is. Where there are none it says so.
 * @param evaluation From {@link evaluate}.
 * @param examples What was evaluated.
 * @throws RangeError where the evaluation is of other examples, or `most` is no whole number from 1.
 * @example
 * await showMistakes(await evaluate(target, digits.test), digits.test); */
export async function showMistakes(
  evaluation: Evaluation,
  examples: Examples,
  { most = 2 * COLUMNS, title }: ShowMistakesOptions = {},
): Promise<void> {
  check(evaluation, examples, most);
  const { predictions, confidences, classes } = evaluation;
  const mistakes = surestMistakes(evaluation, examples.labels);
  if (mistakes.length === 0) {
    display({ "text/plain": `No mistakes: all ${count(examples.count)} examples are named rightly.` });
    return;
  }
  const shown = mistakes.slice(0, most);
  const said = (i: number): string => `${percent(confidences[i], 0)} ${classes[predictions[i]]}`;
  const is = (i: number): string => `but is ${classes[examples.labels[i]]}`;
  const images = shown.map((i): Raster => ({
    ...examples.input,
    pixels: imageAt(examples, i),
    label: `${said(i)}\n${is(i)}`,
  }));
  const some = shown.length < mistakes.length ? `, the surest ${shown.length} of them` : "";
  const heading = title ?? `${count(mistakes.length)} of ${count(examples.count)} named wrongly${some}`;
  const fits = SIDE / examples.input.width;
  const scale = fits < 1 ? fits : Math.floor(2 * fits) / 2;
  const columns = Math.min(COLUMNS, images.length);
  const lines = shown.map((i) => `example ${i}: ${said(i)}, ${is(i)}`);
  showPicture(imageGrid(images, { columns, scale, title: heading }), [heading, ...lines].join("\n"));
}

/** The indices of what is named wrongly. */
function surestMistakes({ predictions, confidences }: Evaluation, labels: Int32Array): number[] {
  const wrong = Array.from(labels.keys()).filter((i) => predictions[i] !== labels[i]);
  return wrong.sort((a, b) => confidences[b] - confidences[a] || a - b);
}

function check({ predictions, classes }: Evaluation, examples: Examples, most: number): void {
  if (!(Number.isInteger(most) && most >= 1))
    throw new RangeError(`Cannot show mistakes: most is a whole number from 1. Received: ${most}.`);
  if (predictions.length !== examples.count || classes.join() !== examples.classes.join())
    throw new RangeError(
      `Cannot show mistakes: the examples aren't those evaluated. Received: ${examples.count} of ${examples.classes.length} classes, and an evaluation of ${predictions.length} of ${classes.length}.`,
    );
}
