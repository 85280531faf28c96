/** Models on disk: a TensorFlow.js layers model, which plain `tf.loadLayersModel` reads too, and its card. */
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { tf, trackModel } from "../engine";
import { cardOf, checkCard, setCard, type Card } from "./card";
import { writeWholeFolder } from "./whole-folder";

/** The part of an evaluation that a card keeps. */
interface Measured {
  accuracy: number;
  low: number;
  high: number;
  count: number;
}

/** Writes a model into a folder: `model.json`, `weights.bin` and `card.json`. The folder appears whole or not
 * at all; one that stands there already is replaced.
 * @param folder Its parent is made where it doesn't exist.
 * @param options.evaluation What `evaluate` measured on the set named `on`; it goes into the card.
 * @throws Error where the model has no card, or the folder holds something that is no model.
 * @example
 * await saveModel(target, "./my-digits"); */
export async function saveModel(
  model: tf.LayersModel,
  folder: string,
  { evaluation, on = "test" }: { evaluation?: Measured; on?: string } = {},
): Promise<void> {
  if (evaluation) {
    const { accuracy: value, low, high, count } = evaluation;
    setCard(model, { accuracy: { value, low, high, count, on } });
  }
  const card = cardOf(model);
  await writeWholeFolder(folder, {
    action: "save a model",
    names: ["model.json", "weights.bin", "card.json"],
    async write(into) {
      await model.save(pathToFileURL(into).href);
      await writeFile(join(into, "card.json"), `${JSON.stringify(card, null, 2)}\n`);
    },
  });
}

/** Reads a model that {@link saveModel} wrote.
 * @returns A model with its card, nothing frozen; the caller disposes it.
 * @throws Error where a file is missing or damaged, saying which.
 * @example
 * const source = await loadModel("data/pretrained/cifar10-convnet"); */
export async function loadModel(folder: string): Promise<tf.LayersModel> {
  const card = await readCardFile(folder);
  const model = await tf
    .loadLayersModel(pathToFileURL(resolve(folder, "model.json")).href)
    .catch((cause: Error) => {
      throw new Error(
        `Cannot load the model in "${folder}": model.json or weights.bin is missing or damaged (${cause.message}).`,
        { cause },
      );
    });
  const units = (model.outputs[0].shape ?? []).at(-1);
  if (units !== card.classes.length) {
    model.dispose();
    throw new Error(
      `Cannot load the model in "${folder}": it has ${units} outputs, but its card names ${card.classes.length} classes.`,
    );
  }
  setCard(model, card);
  trackModel(model);
  return model;
}

async function readCardFile(folder: string): Promise<Card> {
  const file = join(folder, "card.json");
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(
      `Cannot load a model from "${folder}": there is no card.json. saveModel writes one beside model.json.`,
    );
  });
  try {
    return checkCard(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `Cannot load a model from "${folder}": card.json is damaged (${(cause as Error).message}).`,
      { cause },
    );
  }
}
