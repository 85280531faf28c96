import type { Examples } from "../data";
import type { tf } from "../engine";
import { graphOf, stepNamed } from "../model";
import { checkImages, inBatches, mapShape, size } from "./batches";
import { shapesOf } from "./receptive-field";
import { responseStep, type ResponseStep } from "./response-step";

/** What `activations` keeps at most, in MB. */
const BUDGET_MB = 512;

/** The feature maps of a layer. */
export interface LayerActivations {
  layer: string;
  height: number;
  width: number;
  /** One for each unit. */
  channels: number;
  /** `[count, height, width, channels]`, row-major. */
  values: Float32Array;
}

export interface ActivationsOptions {
  /** Names as in `summarize`; inside a nested model `"trunk/conv1"`. */
  layers: readonly string[];
  /** Give what the units say before their activation function, after the batch norm and the pools that follow
   * the layer; otherwise what the named layer itself gives. */
  beforeActivation?: boolean;
  signal?: AbortSignal;
}

/** What the layers of a network make of images: their feature maps. A layer without maps, such as a dense one,
 * gives maps of one place.
 * @param model Borrowed.
 * @throws RangeError where a layer isn't there, or the maps would take more than 512 MB.
 * @throws Error where the images don't fit the model.
 * @example
 * const [edges] = await activations(source, pick(photos.test, [0]), { layers: ["relu1"] }); */
export async function activations(
  model: tf.LayersModel,
  examples: Examples,
  { layers, beforeActivation = false, signal }: ActivationsOptions,
): Promise<LayerActivations[]> {
  checkImages(model, examples, "compute activations");
  const graph = graphOf(model);
  const steps = layers.map((name): ResponseStep => {
    const step = stepNamed(graph, name, "compute the activations of");
    return beforeActivation ? responseStep(graph, step) : { step, beforeActivation: false };
  });
  const shapes = shapesOf(graph, examples.input);
  const results = steps.map(({ step }, i) => {
    const [height, width, channels] = mapShape(shapes[step], layers[i]);
    return { layer: layers[i], height, width, channels };
  });
  checkBudget(results, examples.count);
  const all = steps.map(({ step }) => new Float32Array(examples.count * size(shapes[step])));
  const task = `Running ${layers.join(", ")}`;
  for await (const { start, values } of inBatches(graph, examples, steps, (maps) => maps, { task, signal }))
    values.forEach((batch, i) => all[i].set(batch, start * size(shapes[steps[i].step])));
  return results.map((result, i) => ({ ...result, values: all[i] }));
}

function checkBudget(results: readonly Omit<LayerActivations, "values">[], count: number): void {
  const bytes = results.reduce((sum, { height, width, channels }) => sum + height * width * channels, 0) * 4;
  const megabytes = Math.ceil((bytes * count) / 2 ** 20);
  if (megabytes <= BUDGET_MB) return;
  const shapes = results.map((r) => `"${r.layer}" of ${r.height}×${r.width}×${r.channels}`).join(", ");
  throw new RangeError(
    `Cannot keep the activations of ${count.toLocaleString("en")} images: ${shapes} take ${megabytes.toLocaleString("en")} MB, and ${BUDGET_MB} MB are allowed: ${Math.floor((BUDGET_MB * 2 ** 20) / bytes)} images.`,
  );
}
