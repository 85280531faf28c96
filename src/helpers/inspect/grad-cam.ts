import type { Examples } from "../data";
import { tf } from "../engine";
import { graphOf, headOf, INPUT, stepNamed, type Step } from "../model";
import { namesOf, wantedLabels, type AskedClasses } from "./asked-classes";
import { checkImages, inBatches, size } from "./batches";
import { logitsFrom, logitStep, type LogitStep } from "./class-scores";
import { enlarge, placesOf } from "./enlarge";
import type { Shape } from "./reach";
import { shapesOf } from "./receptive-field";

/** What the maps may take in all, in MB. */
const BUDGET_MB = 512;

/** What a network looked at in one image to favour one class. */
export interface GradCam {
  /** The layer whose map this is. */
  layer: string;
  /** The class that was asked for, as an index and by name. */
  label: number;
  name: string;
  /** What the network gives it, 0…1. */
  probability: number;
  rows: number;
  columns: number;
  /** `[rows, columns]`: what each place adds to the class's logit above the mean of all logits; below 0 it
   * speaks against the class. */
  evidence: Float32Array;
  /** The largest evidence of any place. At 0 or less there is none, and near 0 there is little, however bright
   * the heat. */
  peak: number;
  /** `[height, width]` of the image: what speaks for the class, 1 being the peak. All 0 where nothing does. */
  heat: Float32Array;
}

export interface GradCamOptions {
  /** The layer whose map is read; the last one before the output layer that has more than one place. */
  layer?: string;
  /** The class to ask for, by index or name; or a list of one for each image, such as `images.labels`. The one
   * that the network predicts where it is left out. */
  classes?: AskedClasses;
  signal?: AbortSignal;
}

/** What a network looked at: which places of each image speak for a class.
 *
 * A place's evidence is `Σ a · ∂s/∂a` over the channels `a` of the layer's map there, `s` being the class's logit
 * less the mean of all logits. That is HiResCAM. Grad-CAM first takes the gradient's mean over all places, which
 * blurs it where the layers above tell places apart, as a dense layer behind a flattened map does; where they
 * don't, as behind global average pooling, both give the same. Where nothing but linear layers follow, the
 * evidence of all places and the biases add up to `s` exactly. The mean of all logits is taken off since softmax
 * doesn't see what they have in common.
 *
 * @param model Any model that gives logits or ends in a softmax; borrowed.
 * @returns One for each image; plain values.
 * @throws RangeError where a layer or class isn't there, or the maps would take more than 512 MB.
 * @throws Error where the images don't fit the model, or no layer has a map.
 * @example
 * const few = pick(photos.test, [0, 1, 2]);
 * await showGradCam(await gradCam(source, few), few);
 * @see Draelos, Carin (2020), Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural
 *   networks; Selvaraju et al. (2017), Grad-CAM. */
export async function gradCam(
  model: tf.LayersModel,
  examples: Examples,
  { layer, classes, signal }: GradCamOptions = {},
): Promise<GradCam[]> {
  const action = "tell what it looked at";
  checkImages(model, examples, action);
  const graph = graphOf(model);
  const shapes = shapesOf(graph, examples.input);
  const logits = logitStep(model, graph);
  const step = layer === undefined ? lastMap(model, graph, shapes) : stepNamed(graph, layer, `${action} by`);
  checkMap(graph, shapes, step, logits);
  checkBudget(examples);
  const names = namesOf(model, examples, size(shapes[logits.step]));
  const wanted = classes === undefined ? undefined : wantedLabels(classes, names, examples.count);

  const [rows, columns] = shapes[step];
  const places = placesOf(graph, step, [rows, columns], examples.input);
  const steps = [INPUT, step].map((step) => ({ step, beforeActivation: false }));
  const reduce = ([images, maps]: tf.Tensor[], start: number): tf.Tensor[] =>
    evidenceOf((maps) => logitsFrom(graph, logits, images, step, maps), maps, wanted?.subarray(start));
  // What follows the layer is run, kept for the gradients, and has gradients itself.
  const extraValues = 3 * shapes.slice(step).reduce((sum, shape) => sum + size(shape), 0);
  const task = "Finding what it looked at";
  const found: GradCam[] = [];
  for await (const { count, values } of inBatches(graph, examples, steps, reduce, {
    task,
    signal,
    extraValues,
  }))
    for (let i = 0; i < count; i++) {
      const evidence = part(values[0], i, count) as Float32Array;
      const label = values[1][i];
      const peak = evidence.reduce((a, b) => Math.max(a, b));
      const heat = enlarge(evidence, [rows, columns], examples.input, places).map((value) =>
        peak > 0 ? Math.max(0, value / peak) : 0,
      );
      const probability = softmaxOf(part(values[2], i, count), label);
      const name = names[label];
      found.push({ layer: graph[step].name, label, name, probability, rows, columns, evidence, peak, heat });
    }
  return found;
}

/** Evidence `[batch, rows, columns]`, the labels asked for `[batch]` and the logits `[batch, classes]`.
 * @param labels The first are those of the batch; the classes with the highest logits where left out. */
function evidenceOf(
  run: (maps: tf.Tensor) => tf.Tensor2D,
  maps: tf.Tensor,
  labels?: Int32Array,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const logits = run(maps);
  const [batch, classes] = logits.shape;
  const asked = labels ? tf.tensor1d(labels.slice(0, batch), "int32") : tf.argMax(logits, 1);
  const weights = tf.sub(tf.oneHot(asked, classes), 1 / classes); // the class, less the mean of all
  const slopes = tf.grad(run)(maps, weights);
  return [tf.sum(tf.mul(maps, slopes), -1), asked, logits];
}

/** The last layer before the output layer whose map has more than one place, and which no other layer goes
 * around: what it gives is all that the class is told from. */
function lastMap(model: tf.LayersModel, graph: readonly Step[], shapes: readonly Shape[]): number {
  const head = headOf(model).layer;
  const passed = (step: number): boolean =>
    graph.every(({ inputs }, user) => user <= step || inputs.every((input) => input >= step));
  const found = graph.findLastIndex(
    (_, step) =>
      isMap(shapes[step]) && passed(step) && graph.some(({ layer }, i) => layer === head && i > step),
  );
  if (found < 0)
    throw new Error(
      `Cannot tell what "${model.name}" looked at: no layer before its output layer has a map that all else is told from. Name a layer.`,
    );
  return found;
}

function isMap(shape: Shape): boolean {
  return shape.length === 3 && shape[0] * shape[1] > 1;
}

function checkMap(
  graph: readonly Step[],
  shapes: readonly Shape[],
  step: number,
  { step: last }: LogitStep,
): void {
  if (isMap(shapes[last]) || size(shapes[last]) < 2)
    throw new Error(
      `Cannot tell what it looked at: it needs a logit for each of two or more classes. "${graph[last].name}" gives [${shapes[last].join(", ")}].`,
    );
  if (!isMap(shapes[step]))
    throw new RangeError(
      `Cannot tell what it looked at by "${graph[step].name}": it takes a map [height, width, channels] of more than one place. Its output is [${shapes[step].join(", ")}].`,
    );
}

function checkBudget({ count, input: { height, width } }: Examples): void {
  const megabytes = Math.ceil((count * height * width * 4) / 2 ** 20);
  if (megabytes > BUDGET_MB)
    throw new RangeError(
      `Cannot tell what it looked at in ${count.toLocaleString("en")} images: the maps take ${megabytes.toLocaleString("en")} MB, and ${BUDGET_MB} MB are allowed: ${Math.floor((BUDGET_MB * 2 ** 18) / height / width)} images.`,
    );
}

/** The share of one image in the values of a batch. */
function part<T extends Float32Array | Int32Array>(values: T, index: number, count: number): T {
  const length = values.length / count;
  return values.slice(index * length, (index + 1) * length) as T;
}

function softmaxOf(logits: ArrayLike<number>, label: number): number {
  let highest = -Infinity;
  for (let c = 0; c < logits.length; c++) highest = Math.max(highest, logits[c]);
  let sum = 0;
  for (let c = 0; c < logits.length; c++) sum += Math.exp(logits[c] - highest);
  return Math.exp(logits[label] - highest) / sum;
}
