import type { tf } from "../engine";
import { fold, folds, type Folded } from "./folded";
import { graphOf, type Step } from "./graph";
import { moveOf, onlyTaker, passOf, type Move } from "./pass";

/** A model, or its lower part, ready for many examples: with its parameters as they are now. */
export interface InferencePass {
  /** The surrounding `tf.tidy` owns what it gives. */
  run(x: tf.Tensor): tf.Tensor;
  dispose(): void;
}

/** Readies a model to be applied in inference mode: as `model.apply(x, { training: false })` does, to float error,
 * with each batch norm folded into the convolution before it, and every tensor freed after its last use.
 *
 * What changes in the model's parameters afterwards is not seen.
 * @param model Borrowed.
 * @returns The caller disposes it. */
export function inferencePass(model: tf.LayersModel): InferencePass {
  let graph: Step[];
  try {
    graph = graphOf(model);
  } catch {
    // Several inputs or outputs inside.
    return { run: (x) => model.apply(x, { training: false }) as tf.Tensor, dispose() {} };
  }
  return inferencePassOf(graph, graph.length - 1);
}

/** The same for a part of a graph: all that the step `to` needs. */
export function inferencePassOf(graph: readonly Step[], to: number): InferencePass {
  const needed = graph.slice(0, to + 1); // each step comes after those it takes its input from
  const moves: (Move | undefined)[] = needed.map((step) => moveOf(step, false));
  const kept: Folded[] = [];
  needed.forEach(({ layer, inputs }, index) => {
    const next = onlyTaker(graph, index);
    if (next === undefined || next > to || !folds(layer, graph[next].layer)) return;
    const folded = fold(layer, graph[next].layer);
    kept.push(folded);
    moves[index] = undefined;
    moves[next] = { run: ([x]) => folded.apply(x), inputs };
  });
  return { run: passOf(moves), dispose: () => kept.forEach((folded) => folded.dispose()) };
}
