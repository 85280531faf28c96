/** Where a network says how much it favours each class, in numbers to take gradients of. */
import { tf } from "../engine";
import { readCard, runGraph, type Step } from "../model";
import type { ResponseStep } from "./response-step";

/** Layers that pass their values on in another shape. */
const PASSES_ON = new Set(["Flatten", "Reshape", "Dropout"]);

/** Where a network's logits are read, and what it takes to get them. */
export interface LogitStep extends ResponseStep {
  /** Whether it gives probabilities whose logarithms are to be taken. */
  probabilities: boolean;
}

/** Finds the logits: before a softmax where the network ends in one, else the last layer's results; of
 * probabilities that come about in another way, as the card says they are, the logarithms. */
export function logitStep(model: tf.LayersModel, graph: readonly Step[]): LogitStep {
  let step = graph.length - 1;
  while (PASSES_ON.has(graph[step].layer.getClassName()) && graph[step].inputs[0] >= 0)
    step = graph[step].inputs[0];
  const { layer, inputs } = graph[step];
  const own = (layer as unknown as { activation?: { getClassName(): string } }).activation;
  if (layer.getClassName() === "Softmax")
    return { step: inputs[0], beforeActivation: false, probabilities: false };
  if (own?.getClassName() === "softmax") return { step, beforeActivation: true, probabilities: false };
  const probabilities = readCard(model)?.output === "probabilities";
  return { step: graph.length - 1, beforeActivation: false, probabilities };
}

/** The logits of a batch from what one layer gives for it, and from its images where layers go around that one.
 * @param layer The step whose results `maps` are.
 * @returns `[batch, classes]`; the caller disposes it. Gradients flow through to `maps`. */
export function logitsFrom(
  graph: readonly Step[],
  { step, beforeActivation, probabilities }: LogitStep,
  images: tf.Tensor,
  layer: number,
  maps: tf.Tensor,
): tf.Tensor2D {
  return tf.tidy(() => {
    const known = new Map([[layer, maps]]);
    const [given] = runGraph(graph, images, { to: [step], beforeActivation, known });
    const rows = tf.reshape(given, [images.shape[0], -1]) as tf.Tensor2D;
    return probabilities ? (tf.log(tf.add(rows, 1e-12)) as tf.Tensor2D) : rows;
  });
}
