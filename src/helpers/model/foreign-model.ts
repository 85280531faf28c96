/** Makes a model, and its card, of files that another program wrote. */
import { inputSpecOf, type InputSpec } from "../data";
import { tf, trackModel } from "../engine";
import { report } from "../report";
import { version } from "../version";
import { setCard } from "./card";
import { beginsByRescaling, withRescaling } from "./add-rescaling";
import type { ModelFiles } from "./model-file";
import { endsInSoftmax } from "./output";
import { numberedClasses } from "./pretrained";

export interface ForeignOptions {
  /** What the card calls it. */
  name?: string;
  /** The names of its classes, in the order of its outputs; `"class 0"`, `"class 1"`, … where they are left out. */
  classes?: string[];
  /** The lowest and highest value that a pixel had when the network was trained, e.g. `[-1, 1]`. Where it is left
   * out, 0…1 is assumed, and said; 0…255 where the network begins by rescaling. */
  range?: [number, number];
  /** The side of its images, where the network leaves it open. */
  sizePx?: number;
}

interface Parts extends Omit<ForeignOptions, "name"> {
  name: string;
  /** Where it is from. */
  source: string;
  wasCached?: boolean;
}

/** A model that a card comes with, or that is given one by what can be told of it. One line says what was assumed.
 * @returns A model that the caller disposes.
 * @throws RangeError where an option doesn't suit the network; Error where it takes no images of one size. */
export async function buildForeign(files: ModelFiles, parts: Parts): Promise<tf.LayersModel> {
  const { name, range, wasCached } = parts;
  const said = wasCached ? ["from the cache; say { refresh: true } to download it anew"] : [];
  let model: tf.LayersModel;
  if (files.card) {
    refuseOwn(parts, ["range", "classes", "sizePx"], name, "its card says that");
    const { name: own, classes } = files.card;
    model = await buildModel(files, { name: own, range: [0, 255], classes });
    setCard(model, files.card);
  } else {
    const rescales = beginsByRescaling(files.topology);
    if (!range && !rescales)
      said.unshift(
        "pixels taken to be 0…1 in its training, for it says nothing of that; say { range } if they were not",
      );
    const own = checkRange(range ?? (rescales ? [0, 255] : [0, 1]), name);
    model = await buildModel(files, { name, range: own, classes: parts.classes });
    giveCard(model, parts);
  }
  if (said.length > 0) report(`${name}: ${said.join("; ")}`);
  return model;
}

/** @param model Disposed where its card can't be written. */
function giveCard(model: tf.LayersModel, parts: Parts): void {
  const { name, source, classes } = parts;
  try {
    setCard(model, {
      name,
      input: readInput(model, parts),
      classes: classes ? [...classes] : numberedClasses(model.outputs[0].shape.at(-1)!),
      output: endsInSoftmax(model) ? "probabilities" : "logits",
      trainedOn: [],
      seed: null,
      accuracy: null,
      source,
      version,
    });
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Refuses options where what they would say is known.
 * @throws RangeError that names the first. */
export function refuseOwn<Options extends object>(
  options: Options,
  names: (keyof Options & string)[],
  what: string,
  why: string,
): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given) throw new RangeError(`Cannot load "${what}" with { ${given} } of your own: ${why}.`);
}

/** A model of its files, with rescaling where the range isn't 0…255. It has no card yet.
 * @throws Error where TensorFlow.js can't make it, or it has another number of classes. */
export async function buildModel(
  { topology, weightSpecs, weights }: ModelFiles,
  { name, range, classes }: { name: string; range: [number, number]; classes?: readonly string[] },
): Promise<tf.LayersModel> {
  const weightData = weights.buffer.slice(
    weights.byteOffset,
    weights.byteOffset + weights.length,
  ) as ArrayBuffer;
  let model: tf.LayersModel;
  try {
    const modelTopology = withRescaling(topology, { name, range });
    model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  } catch (cause) {
    throw new Error(`Cannot load "${name}": ${(cause as Error).message}`, { cause });
  }
  const units = model.outputs[0].shape.at(-1);
  if (classes && classes.length !== units) {
    model.dispose();
    throw new RangeError(`Cannot load "${name}" with ${classes.length} classes: it has ${units} outputs.`);
  }
  trackModel(model);
  return model;
}

/** What the network takes, once the rescaling layer is in front of it. */
function readInput(model: tf.LayersModel, { name, sizePx }: Parts): InputSpec {
  const [, height, width, channels] = model.inputs[0].shape;
  const isOpen = model.inputs[0].shape.length === 4 && (height === null || width === null);
  if (isOpen && sizePx === undefined)
    throw new RangeError(`Cannot load "${name}": it leaves the size of its images open. Say { sizePx }.`);
  if (
    sizePx !== undefined &&
    !(Number.isInteger(sizePx) && [height, width].every((side) => (side ?? sizePx) === sizePx))
  )
    throw new RangeError(`Cannot load "${name}" for images of ${sizePx} px: it takes ${height}×${width}.`);
  if (!isOpen) return inputSpecOf(model);
  const sides = { height: height ?? sizePx!, width: width ?? sizePx! };
  return inputSpecOf({ type: "image", ...sides, channels: channels!, range: [0, 255] });
}

function checkRange(range: [number, number], name: string): [number, number] {
  if (!(Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] < range[1]))
    throw new RangeError(
      `Cannot load "${name}" with the range ${JSON.stringify(range)}: it is the lowest and the highest value of a pixel, such as [-1, 1].`,
    );
  return range;
}
