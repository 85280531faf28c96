import { tf } from "../engine";
import { graphOf, INPUT, type Step } from "./graph";

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
  const lastUse = new Map<number, number>();
  graph.forEach(({ inputs }, index) => inputs.forEach((input) => lastUse.set(input, index)));
  return (x) => {
    const results: tf.Tensor[] = [];
    graph.forEach(({ layer, inputs }, index) => {
      const taken = inputs.map((input) => (input === INPUT ? x : results[input]));
      const given = layer.apply(taken.length === 1 ? taken[0] : taken, { training: true });
      results.push(given as tf.Tensor);
      for (const input of inputs)
        if (input !== INPUT && lastUse.get(input) === index) results[input].dispose();
    });
    return results.at(-1)!;
  };
}
