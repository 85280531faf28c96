/** Models on disk: a TensorFlow.js layers model, which plain `tf.loadLayersModel` reads too, and its card. */
import { mkdtemp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { tf, trackModel } from "../engine";
import { cardOf, setCard, type Card } from "./card";

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
  const target = resolve(folder);
  await mkdir(dirname(target), { recursive: true });
  await refuseToReplace(target);
  const fresh = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    await model.save(pathToFileURL(fresh).href);
    await writeFile(join(fresh, "card.json"), `${JSON.stringify(card, null, 2)}\n`);
    const old = `${fresh}-old`;
    const replaced = await rename(target, old).then(
      () => true,
      () => false,
    );
    await rename(fresh, target);
    if (replaced) await rm(old, { recursive: true });
  } catch (cause) {
    throw new Error(`Cannot save the model in "${folder}": ${(cause as Error).message}`, { cause });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** A folder that holds something else than a model is not ours to replace. */
async function refuseToReplace(target: string): Promise<void> {
  const names = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new Error(`Cannot save a model as "${target}": ${error.message}`, { cause: error });
  });
  const foreign = names.filter((name) => !["model.json", "weights.bin", "card.json"].includes(name));
  if (foreign.length > 0)
    throw new Error(
      `Cannot save a model in "${target}": the folder holds other things (${foreign.slice(0, 3).join(", ")}).`,
    );
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
    const card = JSON.parse(text) as Card;
    if (!Array.isArray(card.classes) || !card.input?.range) throw new Error("classes or input are missing");
    return card;
  } catch (cause) {
    throw new Error(
      `Cannot load a model from "${folder}": card.json is damaged (${(cause as Error).message}).`,
      { cause },
    );
  }
}
