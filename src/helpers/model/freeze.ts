/** Frozen means frozen: no parameter of a frozen layer moves, nor any running statistic.
 *
 * Stock TensorFlow.js breaks that promise in three ways. `tf.sequential([trunk, head])` re-enables a frozen
 * trunk when it is built or compiled. Batch norm ignores `trainable`, so its moving statistics drift. And
 * unfreezing does nothing before the next `compile`. Here, what `freeze` said is kept beside the layers,
 * batch norm obeys it, and the training loop asks again at every step. */
import type { tf } from "../engine";
import { headOf, isStatistic, layersOf, parametersOf, weightedLayers, weightsOf } from "./layers";
import type { Layer, LayerSummary, Weight } from "./layers";
import { prepareLayer } from "./prepare-layer";

/** What to freeze: everything but the output layer (Option 1), nothing (Option 2), all layers up to and
 * including the named one, or exactly the named ones. */
export type Freeze = "all-but-head" | "nothing" | { upTo: string } | readonly string[];

const said = new WeakMap<Layer, boolean>();

/** Freezes the layers that `what` names and unfreezes all others, at once: no `compile` is needed.
 *
 * @param model Changed in place: its flags only, never its parameters.
 * @param what See {@link Freeze}. In a nested model a layer is named `"trunk/conv1"`; where the last part is
 *   unique it is enough.
 * @throws Error where a name is not that of a layer.
 * @example
 * freeze(target, "all-but-head"); // Option 1
 * freeze(target, "nothing"); // Option 2
 * freeze(target, { upTo: "conv2" }); */
export function freeze(model: tf.LayersModel, what: Freeze): void {
  const frozen = new Set(frozenLayers(model, what));
  for (const { layer } of layersOf(model)) {
    said.set(layer, frozen.has(layer));
    assert(layer);
  }
}

/** Whether a layer is frozen: as `freeze` said, else as its own `trainable` says. */
export function isFrozen(layer: Layer): boolean {
  return said.get(layer) ?? !layer.trainable;
}

/** The weights that training may move now: those of layers that aren't frozen, running statistics left out. */
export function trainableWeights(model: tf.LayersModel): { name: string; weights: Weight[] }[] {
  return layersOf(model).flatMap(({ name, layer }) => {
    assert(layer);
    if (isFrozen(layer)) return [];
    const weights = weightsOf(layer).filter((weight) => !isStatistic(weight) && weight.val.trainable);
    return weights.length > 0 ? [{ name, weights }] : [];
  });
}

/** The layers of a model from input to output: what each is, how large, and whether it is frozen. */
export function summarize(model: tf.LayersModel): LayerSummary[] {
  return layersOf(model).map(({ name, layer }) => ({
    name,
    kind: layer.getClassName(),
    outputShape: (layer.outputShape as number[]).slice(1),
    parameters: parametersOf(layer),
    frozen: isFrozen(layer),
  }));
}

function frozenLayers(model: tf.LayersModel, what: Freeze): Layer[] {
  const all = layersOf(model);
  if (what === "nothing") return [];
  if (what === "all-but-head") {
    const head = headOf(model).layer;
    return all.map(({ layer }) => layer).filter((layer) => layer !== head);
  }
  const indexOf = (name: string, action: string): number => {
    const exact = all.findIndex((layer) => layer.name === name);
    if (exact >= 0) return exact;
    const matches = all.flatMap((layer, i) => (layer.name.endsWith(`/${name}`) ? [i] : []));
    if (matches.length === 1) return matches[0];
    const names = all.map((layer) => `"${layer.name}"`).join(", ");
    throw new Error(`Cannot freeze ${action}"${name}": the layers are ${names}.`);
  };
  if (Array.isArray(what)) return what.map((name: string) => all[indexOf(name, "")].layer);
  if (typeof what === "object" && "upTo" in what)
    return all.slice(0, indexOf(what.upTo, "up to ") + 1).map(({ layer }) => layer);
  throw new TypeError(
    `Cannot freeze: say "all-but-head", "nothing", { upTo: layer } or a list of layer names. Received: ${JSON.stringify(what)}.`,
  );
}

/** Sets a layer's own flag as `freeze` said, whatever TensorFlow.js has done to it since. */
function assert(layer: Layer): void {
  const frozen = said.get(layer);
  if (frozen !== undefined && layer.trainable === frozen) layer.trainable = !frozen;
  prepareLayer(layer, isFrozen);
}

/** Readies a model that nobody froze yet. */
export function prepareForTraining(model: tf.LayersModel): void {
  for (const { layer } of weightedLayers(model)) assert(layer);
}
