/** Counts what the units of a network detect. */
import { interruptSignal } from "../../live/kernel";
import { inputToUse, type InputSpec } from "../data";
import type { tf } from "../engine";
import { copyModel, graphOf, initialize, type Step } from "../model";
import { nextTurn } from "../next-turn";
import { random } from "../random";
import { reportProgress } from "../report";
import { bootstrap, resampledShare, share } from "./bootstrap";
import { answers, batchFor, blankPicture, convolutionsOf, responseSteps } from "./response";
import type { ResponseStep } from "./response-step";
import {
  checkChannels,
  colourFigure,
  describeStimulus,
  drawFigure,
  stimulusBank,
  type Figure,
  type Stimulus,
} from "./stimuli";
import { Tally } from "./tally";
import {
  DETECTOR_KINDS,
  type DetectorCensus,
  type DetectorKind,
  type LayerCensus,
  type Share,
} from "./types";
import { centralView, type View } from "./view";

export interface CensusOptions {
  /** The stimuli; {@link stimulusBank} where it is left out. */
  probes?: readonly Stimulus[];
  /** The convolutions whose units are counted; the first six where it is left out. */
  layers?: readonly string[];
  /** How many networks with random weights it is compared with; 5. */
  controls?: number;
  /** Of the random weights and of the bootstrap; 1. */
  seed?: number;
  /** What the network takes, where it has no card that says so. */
  input?: InputSpec;
  /** Ends the census with an error. */
  signal?: AbortSignal;
}

const MOST_LAYERS = 6;

/** Counts which units of a network detect straight edges, corners, curves, or something else; and, as the
 * control, which do in the same network with random weights.
 *
 * Every unit sees every stimulus. Its response is the largest value within 2 px of the centre of its map,
 * before the activation function, less what it gives for a blank picture. What excites it most decides, by the
 * rules of {@link detectorKind}. Intervals come from a bootstrap over units.
 *
 * Labels are stable under a turn of all stimuli by half a step for more than four units in five. They say
 * what a unit answers to most among these stimuli, not what it is for. Of a first layer with 3×3 kernels they
 * say nothing: on so few pixels noise fits as well as any edge, and all units are "other".
 *
 * @param model Any layers model with convolutions on 1 or 3 channels; borrowed.
 * @returns Plain values.
 * @throws RangeError where a layer isn't there or the stimuli leave out a kind; Error where there is no
 *   convolution; the signal's reason where it is stopped.
 * @see Hubel & Wiesel (1962), Receptive Fields, for the question; Olah et al. (2020), An Overview of Early
 *   Vision in InceptionV1, for tuning curves of units.
 * @example
 * await showDetectorCensus(await detectorCensus(source)); */
export async function detectorCensus(
  model: tf.LayersModel,
  { layers: wanted, controls = 5, seed = 1, signal = interruptSignal(), ...options }: CensusOptions = {},
): Promise<DetectorCensus> {
  const graph = graphOf(model);
  const input = inputToUse(model, options.input, "take a census");
  checkChannels(input.channels, "take a census");
  const probes = options.probes ?? stimulusBank({ channels: input.channels });
  checkProbes(probes);
  if (!(Number.isInteger(controls) && controls >= 1))
    throw new RangeError(`Cannot take a census: controls is a whole number from 1. Received: ${controls}.`);
  const layers = wanted ?? convolutionsOf(graph).slice(0, MOST_LAYERS);
  if (layers.length === 0) throw new Error(`Cannot take a census of "${model.name}": it has no convolution.`);
  const steps = responseSteps(graph, layers, "take a census of");
  const angles = anglesOf(probes);
  const view = centralView(graph, steps, input);

  const copies: tf.LayersModel[] = [];
  try {
    for (let i = 0; i < controls; i++) {
      copies.push(copyModel(model));
      initialize(copies[i], {
        seed: random(seed)
          .fork(`control ${i}`)
          .int(2 ** 31),
      });
    }
    const networks = [graph, ...copies.map(graphOf)];
    const task = `Census of ${model.name}`;
    const [trained, ...others] = await tallies(networks, steps, { probes, angles, view, signal, task });
    const chance = random(seed).fork("bootstrap");
    return {
      model: model.name,
      angles,
      layers: layers.map((layer, l): LayerCensus => {
        const units = trained[l].units(describeStimulus);
        const kinds = units.map(({ kind }) => kind);
        const randomKinds = others.flatMap((tally) => tally[l].kinds());
        return { layer, units, ...compare(kinds, randomKinds, chance) };
      }),
    };
  } finally {
    for (const copy of copies) copy.dispose();
  }
}

function checkProbes(probes: readonly Stimulus[]): void {
  const missing = DETECTOR_KINDS.filter((kind) => !probes.some(({ figure }) => figure.kind === kind));
  if (missing.length > 0)
    throw new RangeError(
      `Cannot take a census: the stimuli need all of ${DETECTOR_KINDS.join(", ")}. Missing: ${missing.join(", ")}.`,
    );
}

/** The angles of all figures that have one, in order. */
function anglesOf(probes: readonly Stimulus[]): number[] {
  const angles = probes.filter(({ figure }) => figure.kind !== "other").map(({ figure }) => figure.angle);
  return [...new Set(angles)].sort((a, b) => a - b);
}

interface Show {
  probes: readonly Stimulus[];
  angles: readonly number[];
  view: View;
  signal?: AbortSignal;
  task: string;
}

/** Shows every stimulus to every network.
 * @returns For each network a tally for each layer. */
async function tallies(
  networks: readonly Step[][],
  steps: readonly ResponseStep[],
  { probes, angles, view, signal, task }: Show,
): Promise<Tally[][]> {
  const paint = painter(view.input);
  const found: Tally[][] = [];
  for (const network of networks) {
    const answered = await answers(network, steps, [blankPicture(view.input)], view);
    found.push(answered.map((values) => new Tally(values, probes, angles)));
  }
  const size = batchFor(view.input);
  for (let start = 0; start < probes.length; start += size) {
    signal?.throwIfAborted();
    reportProgress({ task, done: start, total: probes.length, unit: "stimuli" });
    const shown = probes.slice(start, start + size);
    const pictures = shown.map(paint);
    for (const [n, network] of networks.entries()) {
      const answered = await answers(network, steps, pictures, view);
      answered.forEach((values, l) => {
        const units = values.length / shown.length;
        shown.forEach((_, i) => found[n][l].add(start + i, values.subarray(i * units, (i + 1) * units)));
      });
      await nextTurn();
    }
  }
  reportProgress({ task, done: probes.length, total: probes.length, unit: "stimuli" });
  return found;
}

/** Paints stimuli; a figure that comes in several colours one after another is drawn once. */
function painter(input: InputSpec): (stimulus: Stimulus) => Float32Array {
  let last: Figure | undefined;
  let drawn: Float32Array;
  return (stimulus) => {
    if (stimulus.figure !== last) drawn = drawFigure((last = stimulus.figure), input);
    return colourFigure(drawn, stimulus, input);
  };
}

/** The shares of each kind, with intervals, and how far corners and curves are above the control. */
function compare(
  kinds: readonly DetectorKind[],
  control: readonly DetectorKind[],
  chance: ReturnType<typeof random>,
): Pick<LayerCensus, "shares" | "random" | "gain"> {
  const shares = (of: readonly DetectorKind[]) =>
    Object.fromEntries(
      DETECTOR_KINDS.map((kind) => {
        const marks = of.map((found) => found === kind);
        return [kind, bootstrap(share(marks), () => resampledShare(marks, chance))];
      }),
    ) as Record<DetectorKind, Share>;
  const bent = (of: readonly DetectorKind[]) => of.map((kind) => kind === "corner" || kind === "curve");
  const [mine, theirs] = [bent(kinds), bent(control)];
  const gain = bootstrap(
    share(mine) - share(theirs),
    () => resampledShare(mine, chance) - resampledShare(theirs, chance),
  );
  return { shares: shares(kinds), random: shares(control), gain };
}
