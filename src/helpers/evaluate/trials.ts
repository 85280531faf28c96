/** One measurement of a learning curve, and a file that remembers those already made. */
import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { sample, type Dataset, type Examples } from "../data";
import type { tf } from "../engine";
import { replaceHead, weightedLayers, weightsOf } from "../model";
import { fineTune, type Augmentation, type AugmentationName, type Strategy } from "../train";
import { version } from "../version";
import { evaluate } from "./evaluate";

export interface Trial {
  strategy: Strategy;
  /** The number of examples trained on. */
  size: number;
  /** Draws the examples and everything else: strategies with the same seed see the same examples. */
  seed: number;
  augment?: AugmentationName | Augmentation;
  learningRate?: number;
  signal?: AbortSignal;
}

/** Copies the source, trains the copy on a small sample of the target, measures it on the whole test part.
 * @returns The test accuracy, 0…1; undefined where the signal stopped it. */
export async function runTrial(
  source: tf.LayersModel,
  target: Dataset,
  trial: Trial,
): Promise<number | undefined> {
  const { size, ...options } = trial;
  return measureCopy(source, sample(target.train, { size, seed: trial.seed }), target.test, options);
}

/** The part of a trial that takes long: trains a copy on the examples, measures it on the test part.
 * @returns As {@link runTrial}. */
export async function measureCopy(
  source: tf.LayersModel,
  examples: Examples,
  test: Examples,
  options: Omit<Trial, "size">,
): Promise<number | undefined> {
  const model = await trainCopy(source, examples, options);
  if (!model) return undefined;
  try {
    return (await evaluate(model, test)).accuracy;
  } finally {
    model.dispose();
  }
}

/** Copies the source, gives the copy an output layer for the classes of the examples, and trains it on them.
 * @returns A model that the caller disposes; undefined where the signal stopped it. */
export async function trainCopy(
  source: tf.LayersModel,
  examples: Examples,
  options: Omit<Trial, "size">,
): Promise<tf.LayersModel | undefined> {
  const model = replaceHead(source, { classes: examples.classes, seed: options.seed });
  let whole = false;
  try {
    const { history } = await fineTune(model, examples, { task: "", ...options });
    whole = !history.stopped;
  } finally {
    if (!whole) model.dispose();
  }
  return whole ? model : undefined;
}

/** The trials that were run already. Kept in a JSONL file where one is named: a rerun does only the rest. */
export class TrialLog {
  private readonly known = new Map<string, number>();

  private constructor(
    private readonly experiment: string,
    private readonly file?: string,
  ) {}

  /** @param file Made where it doesn't exist. Lines of other experiments, and a last line that was cut off, are
   *   left alone. */
  static async open(source: tf.LayersModel, target: Dataset, file?: string): Promise<TrialLog> {
    const log = new TrialLog(fingerprint(source, target), file);
    if (!file) return log;
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw new Error(`Cannot resume from "${file}": ${error.message}`, { cause: error });
    });
    for (const line of text.split("\n")) {
      const { key, accuracy } = parse(line);
      if (typeof key === "string" && typeof accuracy === "number") log.known.set(key, accuracy);
    }
    await mkdir(dirname(file), { recursive: true });
    if (text !== "" && !text.endsWith("\n")) await appendFile(file, "\n"); // ends the line that was cut off
    return log;
  }

  accuracyOf(trial: Trial): number | undefined {
    return this.known.get(this.keyOf(trial));
  }

  async add(trial: Trial, accuracy: number): Promise<void> {
    const key = this.keyOf(trial);
    this.known.set(key, accuracy);
    const { strategy, size, seed } = trial;
    if (this.file)
      await appendFile(this.file, `${JSON.stringify({ key, strategy, size, seed, accuracy })}\n`);
  }

  private keyOf({ strategy, size, seed, augment, learningRate }: Trial): string {
    return hash([this.experiment, JSON.stringify([strategy, size, seed, augment, learningRate])]);
  }
}

function parse(line: string): { key?: unknown; accuracy?: unknown } {
  try {
    return (JSON.parse(line) ?? {}) as { key?: unknown; accuracy?: unknown };
  } catch {
    return {};
  }
}

/** Names a source's parameters, a target's examples and this version of the code. */
function fingerprint(source: tf.LayersModel, target: Dataset): string {
  const weights = weightedLayers(source).flatMap(({ name, layer }) => [
    name,
    ...weightsOf(layer).map((weight) => bytes(weight.read().dataSync())),
  ]);
  const sets = [target.train, target.test].flatMap(({ images, labels }) => [bytes(images), bytes(labels)]);
  return hash([version, ...weights, ...sets]);
}

function bytes(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function hash(parts: (string | Uint8Array)[]): string {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex").slice(0, 32);
}
