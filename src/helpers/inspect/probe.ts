/** The reader's own stimulus: who answers? */
import { inputToUse, type InputSpec } from "../data";
import type { tf } from "../engine";
import { graphOf } from "../model";
import { answers, blankPicture, responseSteps } from "./response";
import { describeStimulus, drawStimulus, type Stimulus } from "./stimuli";
import type { DetectorCensus, DetectorKind } from "./types";
import { wholeView } from "./view";

/** A unit's answer to one stimulus. */
export interface UnitAnswer {
  unit: number;
  /** What the census calls it. */
  kind: DetectorKind;
  /** In standard deviations of its responses to the census's stimuli. */
  response: number;
  /** Beside its strongest response in the census: above 1 the stimulus suits it better than any of those. */
  relative: number;
}

export interface Probe {
  /** The stimulus in words. */
  description: string;
  /** The stimulus as the network saw it, `[height, width, channels]`. */
  pixels: Float32Array;
  input: InputSpec;
  /** For each layer of the census its units, those that answer most first. */
  layers: { layer: string; units: UnitAnswer[] }[];
}

/** Shows one stimulus to a network and asks which units answer most, for their own standards.
 * @param model Borrowed.
 * @param census Of the same model.
 * @param options.input What the network takes, where it has no card that says so.
 * @returns Plain values.
 * @throws RangeError where the census is of other layers or of other units than the model has.
 * @example
 * const ring: Shape = (x, y) => (Math.abs(Math.hypot(x, y) - 5) < 1 ? 1 : -1);
 * const figure = { kind: "curve", name: "ring", shape: ring, angle: 0 } as const;
 * await showProbe(await probeUnits(source, { figure, colour: "luminance", polarity: 1 }, census)); */
export async function probeUnits(
  model: tf.LayersModel,
  stimulus: Stimulus,
  census: DetectorCensus,
  options: { input?: InputSpec } = {},
): Promise<Probe> {
  const input = inputToUse(model, options.input, "probe");
  const graph = graphOf(model);
  const names = census.layers.map(({ layer }) => layer);
  const steps = responseSteps(graph, names, "probe");
  const pixels = drawStimulus(stimulus, input);
  const view = wholeView(graph, steps, input);
  const found = await answers(graph, steps, [blankPicture(input), pixels], view);
  return {
    description: describeStimulus(stimulus),
    pixels,
    input,
    layers: census.layers.map(({ layer, units }, l) => {
      const count = found[l].length / 2;
      if (count !== units.length)
        throw new RangeError(
          `Cannot probe "${layer}": the census has ${units.length} of its units, and "${model.name}" has ${count}.`,
        );
      return { layer, units: units.map((known) => answer(known, found[l])).sort(byRelative) };
    }),
  };
}

/** @param values What all units give for the blank, then for the stimulus. */
function answer(
  { unit, kind, sd, responses }: DetectorCensus["layers"][number]["units"][number],
  values: Float32Array,
): UnitAnswer {
  const response = (values[values.length / 2 + unit] - values[unit]) / sd;
  const best = Math.max(...Object.values(responses));
  return { unit, kind, response, relative: best > 0 ? response / best : 0 };
}

function byRelative(a: UnitAnswer, b: UnitAnswer): number {
  return b.relative - a.relative;
}
