/** Runs many images up to inner layers, a batch at a time, so that memory stays bounded. */
import { interruptSignal } from "../../live/kernel";
import { imageLength, type Examples } from "../data";
import { tf } from "../engine";
import { checkFits, type Step } from "../model";
import { nextTurn } from "../next-turn";
import { reportProgress } from "../report";
import { shapesOf } from "./receptive-field";
import { mapsAt, type ResponseStep } from "./response-step";

/** Values that the maps of one batch may have in all: 64 MB. */
const BATCH_VALUES = 2 ** 24;

export interface BatchOptions {
  /** What is being done, for the progress bar. */
  task: string;
  signal?: AbortSignal;
  /** Other values that each image of a batch takes, next to its maps. */
  extraValues?: number;
}

/** What some images give. */
export interface Batch {
  /** The place of the first one among the examples. */
  start: number;
  count: number;
  /** One for each tensor that the reduction gives. */
  values: (Float32Array | Int32Array)[];
}

/** Runs the examples to some steps and yields, batch by batch, what a reduction makes of their maps.
 * @param reduce Gets a tensor `[batch, …]` for each step, borrowed, and the place of the first image among the
 *   examples; what it gives is read and disposed. */
export async function* inBatches(
  graph: readonly Step[],
  examples: Examples,
  steps: readonly ResponseStep[],
  reduce: (maps: tf.Tensor[], start: number) => tf.Tensor[],
  { task, signal = interruptSignal(), extraValues = 0 }: BatchOptions,
): AsyncGenerator<Batch> {
  const { count: total, input } = examples;
  const { height, width, channels } = input;
  const length = imageLength(input);
  const last = Math.max(0, ...steps.map(({ step }) => step + 1));
  const perImage = shapesOf(graph.slice(0, last), input).reduce((sum, shape) => sum + size(shape), length);
  const batch = Math.max(1, Math.min(256, Math.floor(BATCH_VALUES / (perImage + extraValues))));
  for (let start = 0; start < total; start += batch) {
    signal.throwIfAborted();
    const count = Math.min(batch, total - start);
    const pixels = examples.images.subarray(start * length, (start + count) * length);
    const results = tf.tidy(() => {
      const images = tf.tensor4d(Float32Array.from(pixels), [count, height, width, channels]);
      return reduce(mapsAt(graph, images, steps), start);
    });
    let values: Batch["values"];
    try {
      values = (await Promise.all(results.map((result) => result.data()))) as Batch["values"];
    } finally {
      tf.dispose(results);
    }
    yield { start, count, values };
    reportProgress({ task, done: start + count, total, unit: "images" });
    await nextTurn();
  }
}

/** The number of values of a tensor of this shape. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** A shape as that of maps: what has no places is a map of one place.
 * @throws Error where it is neither. */
export function mapShape(shape: readonly number[], name: string): [number, number, number] {
  if (shape.length === 1) return [1, 1, shape[0]];
  if (shape.length === 3) return [shape[0], shape[1], shape[2]];
  throw new Error(
    `Cannot look at "${name}": it needs maps [height, width, channels] or a list of units. Its output is [${shape.join(", ")}].`,
  );
}

/** Refuses examples whose images a model cannot take. Their classes don't matter: nothing is predicted. */
export function checkImages(model: tf.LayersModel, examples: Examples, action: string): void {
  const units = model.outputs[0].shape.at(-1) ?? 0;
  const labelled = examples?.classes && { ...examples, classes: new Array<string>(units).fill("") };
  checkFits(model, labelled ?? examples, action);
}
