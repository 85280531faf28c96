/** Looking into a model: nested models are opened, so that every layer with parameters is met once. */
import { tf } from "../engine";

/** TensorFlow.js hides the class; this is the part of a weight that we use. */
export interface Weight {
  originalName: string;
  trainable: boolean;
  shape: (number | null)[];
  read(): tf.Tensor;
  write(value: tf.Tensor): unknown;
  /** The variable behind it, which gradients are taken for. */
  val: tf.Variable;
}

export type Layer = tf.layers.Layer;

/** A layer that is no model itself, with its name; inside a nested model `"trunk/conv1"`. */
export interface NamedLayer {
  name: string;
  layer: Layer;
}

export function isModel(layer: unknown): layer is tf.LayersModel {
  return layer instanceof tf.LayersModel;
}

/** The layers of a model from input to output, nested models opened. A layer that is used twice comes once. */
export function layersOf(model: tf.LayersModel): NamedLayer[] {
  const seen = new Set<Layer>();
  const walk = (inside: tf.LayersModel, prefix: string): NamedLayer[] =>
    inside.layers.flatMap((layer) => {
      if (isModel(layer)) return walk(layer, `${prefix}${layer.name}/`);
      if (seen.has(layer)) return [];
      seen.add(layer);
      return [{ name: prefix + layer.name, layer }];
    });
  return walk(model, "");
}

/** The layers that have parameters. */
export function weightedLayers(model: tf.LayersModel): NamedLayer[] {
  return layersOf(model).filter(({ layer }) => layer.weights.length > 0);
}

/** The weights of a layer, trained parameters and running statistics alike. */
export function weightsOf(layer: Layer): Weight[] {
  return layer.weights as unknown as Weight[];
}

/** The last part of a weight's name: `"kernel"`, `"bias"`, `"gamma"`, `"moving_mean"`. */
export function roleOf(weight: Weight): string {
  return weight.originalName.split("/").pop()!;
}

/** Whether a weight is a running statistic, which no gradient trains. */
export function isStatistic(weight: Weight): boolean {
  return roleOf(weight).startsWith("moving_");
}

export function sizeOf(weight: Weight): number {
  return weight.shape.reduce<number>((product, side) => product * (side ?? 1), 1);
}

/** The number of parameters of a layer, running statistics not counted. */
export function parametersOf(layer: Layer): number {
  return weightsOf(layer)
    .filter((weight) => !isStatistic(weight))
    .reduce((sum, weight) => sum + sizeOf(weight), 0);
}

/** The last layer that has parameters: the output layer, which a transfer replaces.
 * @throws Error where the model has no parameters. */
export function headOf(model: tf.LayersModel): NamedLayer {
  const head = weightedLayers(model).at(-1);
  if (!head) throw new Error(`Cannot find the output layer of "${model.name}": no layer has parameters.`);
  return head;
}

/** One row of a model's table. */
export interface LayerSummary {
  name: string;
  kind: string;
  /** Without the batch axis. */
  outputShape: number[];
  parameters: number;
  frozen: boolean;
}
