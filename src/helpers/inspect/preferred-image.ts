/** Draws what a unit would most like to see. */
import { interruptSignal } from "../../live/kernel";
import { inputToUse, type InputSpec } from "../data";
import type { tf } from "../engine";
import { graphOf, stepNamed, type Step } from "../model";
import { random } from "../random";
import { reportProgress } from "../report";
import { mapShape, size } from "./batches";
import { climb } from "./climb";
import { sumsOfWaves } from "./image-parametrisation";
import { shapesOf } from "./receptive-field";
import { mapsAt, responseStep, type ResponseStep } from "./response-step";
import { allPlaces, answersOf, cropped, middlePlace, type Seen, type UnitView } from "./unit-view";

/** An image that excites a unit as much as could be reached. It can be drawn as it is. */
export interface PreferredImage extends Seen {
  layer: string;
  /** The layer that the answer was read from: the last one before the activation function, or that. */
  readAt: string;
  unit: number;
  /** What the unit answers to it. */
  activation: number;
  /** What it answered to the first image, of random waves. */
  start: number;
}

export interface PreferredImageOptions {
  /** `"centre"`: what excites the unit in the middle of the layer's map, cropped to what it sees.
   * `"channel"`: what excites the unit in all places of the map, on average; as large as the model's images.
   * Both are the same for layers without maps. `"centre"` where it is left out. */
  at?: "centre" | "channel";
  /** Of gradient ascent; 128. */
  steps?: number;
  /** How far the image is moved about in each step, in px, so that nothing hangs on single pixels; a twelfth of
   * its shorter side. */
  jitter?: number;
  /** Of the first image and of the jitter; 1. */
  seed?: number;
  /** What the network takes, where it has no card that says so. */
  input?: InputSpec;
  /** Ends the work with an error. */
  signal?: AbortSignal;
}

const STEPS = 128;

/** Both how long a step is in each number of an image and how far these are from zero at first: so the first steps
 * decide on the large shapes, and later ones refine them. */
const STEP_SIZE = 0.01;

/** The least margin that waves have around an image, in px. */
const MARGIN = 16;

/** Values that all layers may have for the images of one batch: 64 MB. Their gradients take as much again. */
const BATCH_VALUES = 2 ** 24;

/** The image that a unit answers to most, found by climbing the gradient of its answer from an image of random
 * waves.
 *
 * The answer is read before the activation function, and after the batch norm and the pools that follow the layer.
 * Images are sums of waves that have the colours, the spectrum and the contrast of photographs; with free pixels,
 * climbing ends in noise. As a rule the answer is far above those to any photograph: an image shows what a unit
 * measures, not what it meets.
 *
 * @param model Any layers model; borrowed.
 * @param layer A name as in `summarize`; inside a nested model `"trunk/conv1"`.
 * @param unit A channel of the layer; of an output layer, a class.
 * @returns Plain values.
 * @throws RangeError where the layer or the unit isn't there; Error where the stated input isn't the model's; the
 *   signal's reason where it is stopped.
 * @example
 * await showPreferredImages(await preferredImage(source, "conv3", 25));
 * @see Erhan et al. (2009), Visualizing higher-layer features of a deep network; Olah, Mordvintsev, Schubert
 *   (2017), Feature visualization, Distill. */
export async function preferredImage(
  model: tf.LayersModel,
  layer: string,
  unit: number,
  options: PreferredImageOptions = {},
): Promise<PreferredImage> {
  const [image] = await preferredImages(model, layer, [unit], options);
  return image;
}

/** The preferred images of several units, found side by side: much faster than one by one, with the same result.
 * See {@link preferredImage}.
 * @returns In the order of `units`.
 * @example
 * await showPreferredImages(await preferredImages(source, "conv3", [0, 5, 25])); */
export async function preferredImages(
  model: tf.LayersModel,
  layer: string,
  units: readonly number[],
  options: PreferredImageOptions = {},
): Promise<PreferredImage[]> {
  const { graph, answer, view, jitter, batch } = prepare(model, layer, units, options);
  const { steps = STEPS, seed = 1, signal = interruptSignal() } = options;
  const parametrisation = sumsOfWaves(view.canvas, Math.max(MARGIN, 2 * jitter));
  const found: PreferredImage[] = [];
  try {
    for (let from = 0; from < units.length; from += batch) {
      const part = units.slice(from, from + batch);
      const { images, first, last } = await climb(firstNumbers(part, parametrisation.shape, seed), {
        ...{ parametrisation, steps, stepSize: STEP_SIZE, jitter, seed, signal },
        heights: (images) => answersOf(mapsAt(graph, images, [answer])[0], part, view),
        onStep: (step) =>
          reportProgress({
            task: `Drawing what units of ${layer} prefer`,
            done: from * steps + step * part.length,
            total: units.length * steps,
            unit: "steps",
          }),
      });
      const readAt = graph[answer.step].name;
      part.forEach((unit, i) =>
        found.push({
          layer,
          readAt,
          unit,
          activation: last[i],
          start: first[i],
          ...cropped(images, i, view),
        }),
      );
    }
  } finally {
    parametrisation.dispose();
  }
  return found;
}

interface Prepared {
  graph: Step[];
  answer: ResponseStep;
  view: UnitView;
  jitter: number;
  /** How many images are found side by side. */
  batch: number;
}

/** Checks what is asked for, and finds out what has to be run. */
function prepare(
  model: tf.LayersModel,
  layer: string,
  units: readonly number[],
  { at = "centre", steps = STEPS, jitter: asked, input: stated }: PreferredImageOptions,
): Prepared {
  const graph = graphOf(model);
  const answer = responseStep(graph, stepNamed(graph, layer, "find preferred images for"));
  const input = inputToUse(model, stated, "paint an image");
  checkInput(model, input);
  if (at !== "centre" && at !== "channel")
    throw new RangeError(
      `Cannot find preferred images: at is "centre" or "channel". Received: ${JSON.stringify(at)}.`,
    );
  const view = at === "channel" ? allPlaces(input) : middlePlace(graph, answer.step, input);
  const shapes = shapesOf(graph.slice(0, answer.step + 1), view.canvas);
  const [, , channels] = mapShape(shapes[answer.step], layer);
  checkUnits(layer, units, channels);
  const jitter = asked ?? Math.floor(Math.min(view.canvas.height, view.canvas.width) / 12);
  if (!(Number.isInteger(steps) && steps >= 1 && Number.isInteger(jitter) && jitter >= 0))
    throw new RangeError(
      `Cannot find preferred images: steps are a whole number from 1, jitter one from 0. Received: ${steps}, ${jitter}.`,
    );
  const values = shapes.reduce((sum, shape) => sum + size(shape), 0);
  return { graph, answer, view, jitter, batch: Math.max(1, Math.floor(BATCH_VALUES / values)) };
}

function checkInput(model: tf.LayersModel, { height, width, channels }: InputSpec): void {
  const taken = model.inputs[0].shape.slice(1);
  const stated = [height, width, channels];
  if (taken.length !== 3 || taken.some((side, axis) => side !== null && side !== stated[axis]))
    throw new Error(
      `Cannot find preferred images: "${model.name}" takes [${taken.join(", ")}]. The input is stated as [${stated.join(", ")}].`,
    );
}

function checkUnits(layer: string, units: readonly number[], channels: number): void {
  const outside = units.find((unit) => !(Number.isInteger(unit) && unit >= 0 && unit < channels));
  if (units.length === 0 || outside !== undefined)
    throw new RangeError(
      `Cannot find preferred images for ${outside === undefined ? "no units" : `unit ${outside}`}: "${layer}" has the units 0 to ${channels - 1}.`,
    );
}

/** Random numbers for the first image of each unit: its own, whichever others are asked for. */
function firstNumbers(units: readonly number[], shape: readonly number[], seed: number): Float32Array {
  const each = size(shape);
  const numbers = new Float32Array(units.length * each);
  units.forEach((unit, i) => {
    const chance = random(seed).fork(`unit ${unit}`);
    for (let j = 0; j < each; j++) numbers[i * each + j] = STEP_SIZE * chance.normal();
  });
  return numbers;
}
