/** What a pad may be told. */
import { adapt, cardOf, checkExamples, type Card, type Examples, type tf } from "../../helpers";
import { checkClasses } from "./classes";
import type { Ink } from "./picture";

export interface PadOptions {
  /** Your own classes, 2 or more: where they are not those of the model, a new output layer takes the place of its
   * own. Without them those that a pad left in `folder`, else the model's. */
  classes?: string[];
  /** What one draws with: white on black, or black on white. White where the model's classes are digits or it was
   * trained on a set of white ink, else black. */
  ink?: Ink;
  /** Where drawings are saved, and found again by the next pad. */
  folder?: string;
  /** Examples of the same classes that are learned from besides the drawings, such as those the model was fine-tuned
   * on: a new output layer knows nothing but what it is taught. Borrowed. */
  examples?: Examples;
  /** Of augmentation and a new output layer; 1. */
  seed?: number;
}

const WHITE_INK = /^(mnist|fashion-mnist|pen-digits)/;

/** Checks options against the model, and fills in what was left out.
 * @throws Error where a pad can't be had of them. */
export function checkOptions(
  model: tf.LayersModel,
  { classes, ink, folder = "", examples, seed = 1 }: PadOptions,
): Required<Omit<PadOptions, "classes" | "examples">> & Pick<PadOptions, "classes" | "examples"> {
  const card = cardOf(model);
  const { type, channels } = card.input;
  if (type !== "image" || (channels !== 1 && channels !== 3))
    throw new Error(
      `Cannot make a drawing pad: "${card.name}" takes ${type} of ${channels} channels, and a drawing is an image that is grey or in colour.`,
    );
  if (ink !== undefined && ink !== "white" && ink !== "black")
    throw new RangeError(
      `Cannot make a drawing pad with ink ${JSON.stringify(ink)}: it is "white" or "black".`,
    );
  if (typeof folder !== "string")
    throw new TypeError(`Cannot keep drawings in ${JSON.stringify(folder)}: give the path of a folder.`);
  if (!Number.isInteger(seed))
    throw new TypeError(`Cannot make a drawing pad: a seed is a whole number. Received: ${seed}.`);
  if (classes === undefined && card.classes.length < 2)
    throw new Error(`Cannot make a drawing pad: "${card.name}" has no classes. Give { classes }.`);
  if (examples) checkExamples(examples);
  return {
    classes: classes && checkClasses(classes),
    ink: ink ?? usualInk(card),
    folder,
    examples: examples && adapt(examples, { like: card.input, quiet: true }),
    seed,
  };
}

function usualInk({ classes, trainedOn }: Card): Ink {
  const areDigits = classes.every((name) => /^\d$/.test(name));
  return areDigits || WHITE_INK.test(trainedOn.at(-1)?.set ?? "") ? "white" : "black";
}
