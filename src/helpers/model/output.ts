/** What comes out of a model: logits, or probabilities. */
import type { tf } from "../engine";
import { graphOf } from "./graph";
import type { Layer } from "./layers";

/** Layers that leave probabilities what they are. Dropout does outside training. */
const PASSING = ["Reshape", "Flatten", "Dropout", "Permute", "GlobalAveragePooling2D"];

/** Whether a model ends in a softmax, whatever merely reshapes it behind. */
export function endsInSoftmax(model: tf.LayersModel): boolean {
  if (model.inputs.length !== 1 || model.outputs.length !== 1) return false;
  const graph = graphOf(model);
  let step = graph.at(-1);
  while (step && isPassing(step.layer)) step = graph[step.inputs[0]];
  return step !== undefined && isSoftmax(step.layer);
}

function isPassing(layer: Layer): boolean {
  const kind = layer.getClassName();
  return PASSING.includes(kind) || (kind === "Activation" && activationOf(layer) === "linear");
}

function isSoftmax(layer: Layer): boolean {
  return layer.getClassName() === "Softmax" || activationOf(layer) === "softmax";
}

function activationOf(layer: Layer): unknown {
  return layer.getConfig().activation;
}
