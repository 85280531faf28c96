import { tf, trackModel } from "../engine";
import { version } from "../version";
import { cardOf, readCard, setCard } from "./card";
import { classNames, headLayer } from "./convnet";
import { initialize } from "./initialize";
import { headOf, isModel, layersOf, weightedLayers, weightsOf, type Layer } from "./layers";

/** Copies a network and gives the copy a new output layer, as a transfer begins. Everything before the output
 * layer keeps its parameters; the source is not touched and shares nothing with the copy.
 *
 * @param source Any layers model that ends in a dense layer; what follows it (a softmax) is dropped.
 * @param options.classes The new classes, or how many.
 * @param options.seed Draws the new layer's parameters, from N(0, 0.01²).
 * @returns A model with logits for the new classes, nothing frozen; the caller disposes it.
 * @throws Error where the source's last layer with parameters isn't dense.
 * @example
 * const target = replaceHead(source, { classes: digits.classes, seed: 2 }); */
export function replaceHead(
  source: tf.LayersModel,
  { classes, seed }: { classes: string[] | number; seed: number },
): tf.LayersModel {
  const names = classNames(classes, "replace the output layer");
  const { name, layer } = headOf(source);
  if (layer.getClassName() !== "Dense")
    throw new Error(
      `Cannot replace the output layer of "${source.name}": its last layer with parameters, "${name}", is a ${layer.getClassName()}. It has to be Dense.`,
    );
  const copy = copyModel(source);
  const head = headLayer(names.length);
  const target = withHead(copy, head);
  const headName = layersOf(target).find(({ layer }) => layer === head)!.name;
  initialize(target, { seed, layers: [headName] });
  trackModel(target);

  const card = readCard(source);
  if (card)
    setCard(target, { ...cardOf(source), classes: names, output: "logits", seed, accuracy: null, version });
  return target;
}

/** A model of the same layers and parameters that shares none of them. Nothing is frozen in it.
 * @returns A model that the caller disposes. */
export function copyModel(model: tf.LayersModel): tf.LayersModel {
  const Kind = model.constructor as typeof tf.LayersModel & {
    fromConfig(cls: unknown, config: unknown): tf.LayersModel;
  };
  const copy = Kind.fromConfig(Kind, structuredClone(model.getConfig()));
  // Layer by layer: the order of model.getWeights() depends on what is frozen.
  const layers = weightedLayers(model);
  weightedLayers(copy).forEach(({ layer }, i) => layer.setWeights(layers[i].layer.getWeights()));
  for (const { layer } of layersOf(copy)) layer.trainable = true;
  const card = readCard(model);
  if (card) setCard(copy, card);
  trackModel(copy);
  return copy;
}

/** The model with its last layer with parameters, and all behind it, replaced; the layers before are reused. */
function withHead(model: tf.LayersModel, head: Layer): tf.LayersModel {
  const last = model.layers.findLast((layer) => layer.weights.length > 0)!;
  const features = (
    last as unknown as { inboundNodes: { inputTensors: tf.SymbolicTensor[] }[] }
  ).inboundNodes.at(-1)!.inputTensors[0];
  const inner = isModel(last) ? withHead(last, head) : undefined;
  const outputs = (inner ?? head).apply(features) as tf.SymbolicTensor;
  if (!inner) for (const weight of weightsOf(last)) weight.val.dispose();
  return tf.model({ name: model.name, inputs: model.inputs, outputs });
}
