/** What may be set, checked, and written as code. */
import type { Freeze, tf } from "../../helpers";
import { freeze, isFrozen, layersOf, weightedLayers } from "../../helpers";
import type { FreezeChange, PanelSettings } from "./state";

const KNOWN = ["freeze", "examples", "learningRate", "steps", "continue", "then"];

/** @param most The largest balanced sample.
 * @throws RangeError or TypeError that names what is wrong, and what is allowed. */
export function checkSettings(settings: PanelSettings, most: number): void {
  const unknown = Object.keys(settings).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined)
    throw new TypeError(`Cannot run the panel with "${unknown}": its settings are ${KNOWN.join(", ")}.`);
  const { examples, learningRate, steps, then = [] } = settings;
  if (!(Number.isInteger(examples) && examples >= 1 && examples <= most))
    throw new RangeError(
      `Cannot run the panel: examples is a whole number from 1 to ${most}, the most that are the same number of each class. Received: ${examples}.`,
    );
  if (!(Number.isFinite(learningRate) && learningRate > 0))
    throw new RangeError(
      `Cannot run the panel: learningRate is a number above 0. Received: ${learningRate}.`,
    );
  if (!(Number.isInteger(steps) && steps >= 1))
    throw new RangeError(`Cannot run the panel: steps is a whole number from 1. Received: ${steps}.`);
  for (const { afterStep } of then)
    if (!(Number.isInteger(afterStep) && afterStep >= 1 && afterStep < steps))
      throw new RangeError(
        `Cannot run the panel: afterStep is a whole number from 1 to ${steps - 1}, the step before the last. Received: ${afterStep}.`,
      );
}

/** The names of the layers with parameters that `what` freezes, from input to head. The model is left as it is.
 * @throws As `freeze` does; Error where nothing would be left to train. */
export function frozenBy(model: tf.LayersModel, what: Freeze): string[] {
  const before = layersOf(model).filter(({ layer }) => isFrozen(layer));
  try {
    freeze(model, what);
    const frozen = frozenNow(model);
    checkSomeTrain(model, frozen);
    return frozen;
  } finally {
    freeze(
      model,
      before.map(({ name }) => name),
    );
  }
}

/** The names of the layers with parameters that are frozen now. */
export function frozenNow(model: tf.LayersModel): string[] {
  return weightedLayers(model)
    .filter(({ layer }) => isFrozen(layer))
    .map(({ name }) => name);
}

/** The shortest way to say which layers are frozen.
 * @param frozen Names of layers with parameters, in their order. */
export function asFreeze(model: tf.LayersModel, frozen: readonly string[]): Freeze {
  const names = weightedLayers(model).map(({ name }) => name);
  if (frozen.length === 0) return "nothing";
  if (!names.slice(0, frozen.length).every((name, i) => name === frozen[i])) return [...frozen];
  return frozen.length === names.length - 1 ? "all-but-head" : { upTo: frozen.at(-1)! };
}

/** The line that runs a panel with these settings.
 * @example codeOf({ freeze: "nothing", examples: 50, learningRate: 0.003, steps: 100 }) */
export function codeOf({
  freeze: what,
  examples,
  learningRate,
  steps,
  continue: goOn,
  then,
}: PanelSettings): string {
  const fields = [
    `freeze: ${freezeCode(what)}`,
    `examples: ${examples}`,
    `learningRate: ${learningRate}`,
    `steps: ${steps}`,
    ...(goOn ? ["continue: true"] : []),
    ...(then?.length ? [`then: [${then.map(changeCode).join(", ")}]`] : []),
  ];
  return `await panel.run({ ${fields.join(", ")} });`;
}

function changeCode({ afterStep, freeze: what }: FreezeChange): string {
  return `{ afterStep: ${afterStep}, freeze: ${freezeCode(what)} }`;
}

function freezeCode(what: Freeze): string {
  if (typeof what === "string") return JSON.stringify(what);
  if ("upTo" in what) return `{ upTo: ${JSON.stringify(what.upTo)} }`;
  return `[${what.map((name) => JSON.stringify(name)).join(", ")}]`;
}

function checkSomeTrain(model: tf.LayersModel, frozen: readonly string[]): void {
  const names = weightedLayers(model).map(({ name }) => name);
  if (frozen.length === names.length)
    throw new Error(
      `Cannot freeze all layers: nothing would train. Leave at least one of ${names.map((name) => `"${name}"`).join(", ")}.`,
    );
}
