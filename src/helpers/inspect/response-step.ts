import type { tf } from "../engine";
import { runGraph, type Step } from "../model";

/** Where the answer of a layer's units is read. */
export interface ResponseStep {
  /** Its index in the graph. */
  step: number;
  /** Whether the step's own activation function has to be left out. */
  beforeActivation: boolean;
}

/** Layers after which a unit is still the same unit: its answer is shifted, scaled, or pooled over neighbours. */
const SAME_UNIT = new Set([
  "BatchNormalization",
  "MaxPooling2D",
  "AveragePooling2D",
  "ZeroPadding2D",
  "Dropout",
  "SpatialDropout2D",
  "GaussianNoise",
]);

/** The last step before the activation function that follows a layer: after batch norm, which may turn a
 * unit's sign, and before ReLU, which would hide how far from answering it is.
 * @param step Where to start, as an index into the graph. */
export function responseStep(graph: readonly Step[], step: number): ResponseStep {
  const own = (graph[step].layer as unknown as { activation?: { getClassName(): string } }).activation;
  if (own && own.getClassName() !== "linear") return { step, beforeActivation: true };
  const users = graph.flatMap(({ inputs }, user) => (inputs.includes(step) ? [user] : []));
  if (users.length === 1 && SAME_UNIT.has(graph[users[0]].layer.getClassName()))
    return responseStep(graph, users[0]);
  return { step, beforeActivation: false };
}

/** The results of steps, in two passes: sums before an activation aren't on the way to the next layer.
 * @returns One for each step; the caller disposes them. Gradients flow through. */
export function mapsAt(
  graph: readonly Step[],
  images: tf.Tensor,
  steps: readonly ResponseStep[],
): tf.Tensor[] {
  const to = (before: boolean): number[] =>
    steps.filter(({ beforeActivation }) => beforeActivation === before).map(({ step }) => step);
  const plain = runGraph(graph, images, { to: to(false) });
  const sums = to(true).length > 0 ? runGraph(graph, images, { to: to(true), beforeActivation: true }) : [];
  return steps.map(({ beforeActivation }) => (beforeActivation ? sums : plain).shift()!);
}
