/** A model as a list of moves, each tensor freed after its last use. */
import type { tf } from "../engine";
import { INPUT, type Step } from "./graph";
import type { Layer } from "./layers";

/** A part of a pass. */
export interface Move {
  /** The surrounding `tf.tidy` owns what it gives. */
  run(inputs: tf.Tensor[]): tf.Tensor;
  /** Indices of the moves whose results it takes; `INPUT` is the model's input. */
  inputs: number[];
}

/** Does one move after the other. One that is left out is done by another with its own.
 * @returns A function of the images; the surrounding `tf.tidy` owns its result. Gradients flow through: what they
 *   need, they keep. */
export function passOf(moves: readonly (Move | undefined)[]): (x: tf.Tensor) => tf.Tensor {
  const lastUse = new Map<number, number>();
  moves.forEach((move, index) => move?.inputs.forEach((input) => lastUse.set(input, index)));
  return (x) => {
    const results: tf.Tensor[] = [];
    moves.forEach((move, index) => {
      if (!move) return;
      results[index] = move.run(move.inputs.map((input) => (input === INPUT ? x : results[input])));
      for (const input of new Set(move.inputs))
        if (input !== INPUT && lastUse.get(input) === index) results[input].dispose();
    });
    return results.at(-1)!;
  };
}

/** A step as a move of its own. */
export function moveOf({ layer, inputs }: Step, training: boolean): Move {
  return { run: (taken) => applied(layer, taken, training), inputs };
}

export function applied(layer: Layer, inputs: tf.Tensor[], training: boolean): tf.Tensor {
  return layer.apply(inputs.length === 1 ? inputs[0] : inputs, { training }) as tf.Tensor;
}

/** The step that alone takes what a step gives, as an index; undefined where several do, or none. */
export function onlyTaker(graph: readonly Step[], index: number): number | undefined {
  const takers = graph.flatMap(({ inputs }, taker) => inputs.filter((i) => i === index).map(() => taker));
  return takers.length === 1 ? takers[0] : undefined;
}
