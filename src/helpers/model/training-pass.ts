import type { tf } from "../engine";
import { graphOf, INPUT } from "./graph";
import { layersOf } from "./layers";
import { movesOf, type Move } from "./pool-first";
import { isSteady } from "./steady";

/** Applies a model in training mode, as `model.apply(x, { training: true })` does, and frees what a layer gives
 * as soon as the last layer that takes it has. Gradients flow through: what they need, they keep.
 *
 * @returns A function of the images, to be called for each batch; the surrounding `tf.tidy` owns its result. */
export function trainingPass(model: tf.LayersModel): (x: tf.Tensor) => tf.Tensor {
  let moves: (Move | undefined)[];
  try {
    moves = movesOf(graphOf(model));
  } catch {
    return (x) => model.apply(x, { training: true }) as tf.Tensor; // several inputs or outputs inside
  }
  const lastUse = new Map<number, number>();
  moves.forEach((move, index) => move?.inputs.forEach((input) => lastUse.set(input, index)));
  return (x) => {
    const results: tf.Tensor[] = [];
    moves.forEach((move, index) => {
      if (!move) return;
      const { run, inputs } = move;
      results[index] = run(inputs.map((input) => (input === INPUT ? x : results[input])));
      for (const input of inputs)
        if (input !== INPUT && lastUse.get(input) === index) results[input].dispose();
    });
    return results.at(-1)!;
  };
}

/** Whether training passes of a model differ in nothing but their numbers. */
export function repeatsItself(model: tf.LayersModel): boolean {
  return layersOf(model).every(({ layer }) => isSteady(layer));
}
