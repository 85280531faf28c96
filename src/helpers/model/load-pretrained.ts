import { interruptSignal } from "../../live/kernel";
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { tf } from "../engine";
import { report } from "../report";
import { version } from "../version";
import { setCard, type Card } from "./card";
import { findModel, type FindModelOptions } from "./find-model";
import { buildForeign, buildModel, refuseOwn, type ForeignOptions } from "./foreign-model";
import { readModelFolder } from "./model-file";
import { pretrained, pretrainedNames, type PretrainedName, type Published } from "./pretrained";
import { loadModel } from "./save";
import { loadWeights } from "./weights/load-weights";

export interface PretrainedOptions extends ForeignOptions, FindModelOptions {
  /** A file with the parameters for a network that is known by name, in place of a download: safetensors, `.keras`,
   * `.weights.h5` or `.h5`, see {@link loadWeights}. */
  weights?: string;
  /** The network to use where a known one can't be had; one reported line says so. Not used where
   * `TRANSFER_LAB_PROFILE=real` demands the real one. */
  orElse?: PretrainedName;
}

/** Loads a network whose parameters somebody else trained: by name, from the address of a TensorFlow.js layers
 * model, or from a folder with such a model or with one of this package's own.
 *
 * The names: `mobilenet-v1-0.25`, `-0.50`, `-0.75`, `-1.0`, `tiny-darknet` (all for photographs of 224×224, 1,000
 * classes of ImageNet), `cifar10-convnet` (32×32, ten classes; needs no download). They are looked for in the
 * cache, then in the mirror that `TRANSFER_LAB_MIRROR` names, then at their public addresses. What is downloaded
 * is checked, kept in the cache, and taken up again where a connection broke.
 *
 * Every network takes pixels 0…255: where it was trained on 0…1 or −1…1, a rescaling layer is put behind its
 * input. Its card says what it takes, its classes, its licence and what it was trained on.
 *
 * @param what A name, an http(s) address of a `model.json`, or a folder.
 * @returns A model with its card, nothing frozen; the caller disposes it.
 * @throws RangeError where there is nothing of that name, or an option doesn't suit.
 * @throws Error where it can't be had, with what was tried and what to do; the signal's reason where it was
 *   stopped.
 * @example
 * const source = await loadPretrained("tiny-darknet");
 * const target = replaceHead(source, { classes: ["cat", "dog"], seed: 1 });
 * @see Howard et al. (2017), MobileNets: efficient convolutional neural networks for mobile vision applications. */
export async function loadPretrained(
  what: PretrainedName | (string & {}),
  { signal = interruptSignal(), ...others }: PretrainedOptions = {},
): Promise<tf.LayersModel> {
  const options = { ...others, signal };
  signal.throwIfAborted();
  if (pretrainedNames.includes(what as PretrainedName))
    return await loadKnown(what as PretrainedName, options);
  refuseOwn(options, ["weights"], what, "only networks known by name can be built for a file of weights");
  if (/^https?:\/\//i.test(what)) return await loadFromWeb(what, options);
  const folder = await folderOf(what);
  if (folder === undefined) throw new RangeError(unknown(what));
  if (await isFile(join(folder, "card.json"))) {
    refuseOwn(options, ["range", "classes", "sizePx", "name"], what, "its card says that");
    return await loadModel(folder);
  }
  const files = await readModelFolder(folder).catch((cause: Error) => {
    throw new Error(`Cannot load "${what}": ${cause.message}.`, { cause });
  });
  return await buildForeign(files, {
    ...options,
    source: what,
    name: options.name ?? basename(resolve(folder)),
  });
}

async function loadKnown(name: PretrainedName, options: PretrainedOptions): Promise<tf.LayersModel> {
  refuseOwn(options, ["range", "sizePx", "name"], name, "that is known of it");
  const entry = pretrained[name];
  if ("folder" in entry) {
    refuseOwn(options, ["classes", "weights"], name, "it comes with its own");
    return await loadModel(entry.folder);
  }
  if (options.weights !== undefined) return await loadFromFile(name, entry, options.weights, options);
  const { addresses, checksums, range, card }: Published = entry;
  const found = await findModel({ name, addresses, checksums, isKnown: true }, options);
  if (!found.files) return await loadInstead(name, options, found.tried);
  const { classes = card.classes } = options;
  const model = await buildModel(found.files, { name, range, classes });
  const whole: Card = { name, ...card, classes: [...classes], source: found.source, version };
  setCard(model, whole);
  return model;
}

/** What was to be used where the network can't be had. */
async function loadInstead(
  name: PretrainedName,
  { orElse, ...options }: PretrainedOptions,
  tried: string[],
): Promise<tf.LayersModel> {
  if (orElse === undefined || orElse === name || process.env.TRANSFER_LAB_PROFILE === "real")
    throw new Error(cannotLoad(name, tried));
  report(`${name} cannot be had here: ${orElse} is used instead.`);
  return await loadPretrained(orElse, options);
}

/** A known network with parameters from a file, which says nothing of its classes. */
async function loadFromFile(
  name: PretrainedName,
  { card, build }: Published,
  file: string,
  { classes = card.classes }: PretrainedOptions,
): Promise<tf.LayersModel> {
  const model = build(classes);
  try {
    await loadWeights(model, file);
  } catch (error) {
    model.dispose();
    throw error;
  }
  setCard(model, { name, licence: undefined });
  return model;
}

async function loadFromWeb(address: string, options: PretrainedOptions): Promise<tf.LayersModel> {
  const { pathname } = new URL(address);
  if (!pathname.endsWith(".json"))
    throw new RangeError(`Cannot load "${address}": the address of a layers model ends in model.json.`);
  const name = options.name ?? (basename(dirname(pathname)) || new URL(address).hostname);
  const found = await findModel({ name, addresses: [address], isKnown: false }, options);
  if (!found.files) throw new Error(cannotLoad(address, found.tried));
  return await buildForeign(found.files, { ...options, name, source: address, wasCached: found.wasCached });
}

/** The folder that a path means: itself, or where the model.json lies that it names. */
async function folderOf(path: string): Promise<string | undefined> {
  if (basename(path) === "model.json" && (await isFile(path))) return dirname(path);
  return (await isFile(join(path, "model.json"))) || (await isFile(join(path, "card.json")))
    ? path
    : undefined;
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function unknown(what: string): string {
  const names = pretrainedNames.map((name) => `"${name}"`).join(", ");
  return `Cannot load "${what}": there are ${names}; or say the http(s) address of a model.json, or a folder that has one.`;
}

function cannotLoad(what: string, tried: string[]): string {
  const isKnown = pretrainedNames.includes(what as PretrainedName);
  return [
    `Cannot load ${what}. What was tried:`,
    ...tried.map((line) => `- ${line}.`),
    isKnown
      ? `Set TRANSFER_LAB_MIRROR to a folder or an address that has ${what}/model.json and the weight files that it names, or use a network that needs no download: loadPretrained("cifar10-convnet").`
      : `Look at the address in a browser, or download model.json and the weight files that it names into a folder, and say loadPretrained(folder).`,
  ].join("\n");
}
