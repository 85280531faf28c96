import type { tf } from "../engine";
import { graphOf, type Step } from "./graph";
import { layersOf } from "./layers";
import { passOf } from "./pass";
import { poolFirst } from "./pool-first";
import { isSteady } from "./steady";

/** Applies a model in training mode, as `model.apply(x, { training: true })` does, and frees what a layer gives
 * as soon as the last layer that takes it has. Gradients flow through: what they need, they keep.
 *
 * @returns A function of the images, to be called for each batch; the surrounding `tf.tidy` owns its result. */
export function trainingPass(model: tf.LayersModel): (x: tf.Tensor) => tf.Tensor {
  let graph: Step[];
  try {
    graph = graphOf(model);
  } catch {
    return (x) => model.apply(x, { training: true }) as tf.Tensor; // several inputs or outputs inside
  }
  return passOf(poolFirst(graph));
}

/** Whether training passes of a model differ in nothing but their numbers. */
export function repeatsItself(model: tf.LayersModel): boolean {
  return layersOf(model).every(({ layer }) => isSteady(layer));
}
