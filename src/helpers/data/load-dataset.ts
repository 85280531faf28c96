import { interruptSignal } from "../../live/kernel";
import { report, type ProgressListener } from "../report";
import { adapt, checkSameType } from "./adapt";
import { quote } from "./check-examples";
import type { Dataset, Examples } from "./examples";
import { findSet } from "./find-set";
import { readInput, type InputLike } from "./input-spec";
import type { RawPart, RawSet } from "./raw-set";
import { datasetNames, inputOf, makers, sources, type DatasetName } from "./registry";
import type { Source } from "./source";

export interface LoadOptions {
  /** A model, a set or an input's description: the images are adapted to it, see {@link adapt}. */
  like?: InputLike;
  /** The set to use where this one can't be had; one reported line says so. Not used where
   * `TRANSFER_LAB_PROFILE=real` demands the real one. */
  orElse?: DatasetName;
  /** Which labels of a set that has two kinds; CIFAR-100 has 100 fine and 20 coarse classes. */
  labels?: "fine" | "coarse";
  /** For the sets that are drawn here; published ones are what they are. */
  seed?: number;
  progress?: ProgressListener;
  /** Stops the download or the decoding. */
  signal?: AbortSignal;
  /** The longest silence of a server to bear, in milliseconds. */
  timeoutMs?: number;
}

/** Loads a data set: from the cache, else from the mirror that `TRANSFER_LAB_MIRROR` names (a folder or an http(s)
 * address), else from its public address. `scenes` and `pen-digits` are drawn here and need none of them.
 * @returns Typed arrays and plain values; nothing to dispose.
 * @throws RangeError where there is no set of that name, or it has no such labels.
 * @throws Error where the set can't be had, with what was tried and what to do; the signal's reason where it was
 *   stopped.
 * @example const digits = await loadDataset("mnist", { like: source, orElse: "pen-digits" }); */
export async function loadDataset(
  name: DatasetName,
  { signal = interruptSignal(), ...others }: LoadOptions = {},
): Promise<Dataset> {
  const options = { ...others, signal };
  const { like, orElse, labels = "fine", seed } = options;
  checkName(name);
  if (orElse !== undefined) checkName(orElse);
  checkLabelKind(name, labels);
  signal.throwIfAborted();
  // Before a long download, or drawing.
  if (like) checkSameType(name, inputOf(name), readInput(like, inputOf(name)).input);
  if (name === "scenes" || name === "pen-digits") {
    const set = await makers[name]({ seed });
    return like ? adapt(set, { like }) : set;
  }
  const source: Source = sources[name];
  const { raw, tried } = await findSet(source, options);
  if (raw) {
    const set = asDataset(source, raw, labels);
    return like ? adapt(set, { like }) : set;
  }
  const noStandIn = orElse === undefined || orElse === name || process.env.TRANSFER_LAB_PROFILE === "real";
  if (noStandIn) throw new Error(cannotLoad(source, tried));
  report(`${name} cannot be had here: ${orElse} is used instead.`);
  return await loadDataset(orElse, { ...options, orElse: undefined, labels: undefined });
}

/** Gives a set's bytes their classes. */
function asDataset(source: Source, raw: RawSet, kind: "fine" | "coarse"): Dataset {
  const { name, input, coarse } = source;
  const classes = kind === "coarse" ? coarse!.classes : source.classes;
  const part = ({ images, labels }: RawPart): Examples => ({
    images: new Uint8Array(images.buffer, images.byteOffset, images.length), // a Buffer has other methods
    labels:
      kind === "coarse" ? Int32Array.from(labels, (label) => coarse!.of[label]) : Int32Array.from(labels),
    count: labels.length,
    classes: [...classes],
    input: { ...input },
  });
  return { name, classes: [...classes], input: { ...input }, train: part(raw.train), test: part(raw.test) };
}

function checkName(name: string): void {
  if (!datasetNames.includes(name as DatasetName))
    throw new RangeError(`Cannot load "${name}": there are ${quote(datasetNames)}.`);
}

function checkLabelKind(name: DatasetName, labels: string): void {
  const kinds =
    name in sources && (sources as Record<string, Source>)[name].coarse ? ["fine", "coarse"] : ["fine"];
  if (!kinds.includes(labels))
    throw new RangeError(`Cannot load ${name} with labels "${labels}": it has ${quote(kinds)}.`);
}

function cannotLoad({ name, files }: Source, tried: string[]): string {
  const standIn = name.startsWith("cifar") ? "scenes" : "pen-digits";
  return [
    `Cannot load ${name}. What was tried:`,
    ...tried.map((line) => `- ${line}.`),
    `Set TRANSFER_LAB_MIRROR to a folder or an address that has ${name}/${files[0].name} (data/README.md says more), or name a set that needs no download: loadDataset("${name}", { orElse: "${standIn}" }).`,
  ].join("\n");
}
