import { trackModel, type tf } from "../engine";
import { readCard, setCard } from "./card";
import { layersOf, weightedLayers } from "./layers";

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
