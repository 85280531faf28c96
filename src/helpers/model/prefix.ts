/** The part of a model below its lowest trainable layer: what it makes of an example never changes. */
import type { tf } from "../engine";
import { isFrozen } from "./freeze";
import { graphOf, INPUT, runGraph, type Step } from "./graph";
import { weightsOf, type Layer } from "./layers";
import { isSteady } from "./steady";

/** A model in two: `graph` up to and including the step `cut`, which is frozen, and the rest. */
export interface Prefix {
  graph: readonly Step[];
  /** The step whose result is all that the rest takes, as an index. */
  cut: number;
}

/** The longest frozen part that hands on one tensor, as what is frozen stands now.
 *
 * A step belongs to it where its layer, and all layers that feed it, are frozen or have no parameters, and none
 * of them draws numbers while training. Layers without parameters that follow the last frozen one belong to it.
 *
 * @returns Undefined where no layer with parameters is in it, or where the model can't be looked into: it, or a
 *   model inside it, has several inputs or outputs.
 * @example
 * freeze(target, { upTo: "conv2" });
 * frozenPrefix(target); // cut behind pool2, before norm2 */
export function frozenPrefix(model: tf.LayersModel): Prefix | undefined {
  let graph: Step[];
  try {
    graph = graphOf(model);
  } catch {
    return undefined;
  }
  const isFixed: boolean[] = [];
  for (const { layer, inputs } of graph)
    isFixed.push(staysAsItIs(layer) && inputs.every((input) => input === INPUT || isFixed[input]));
  for (let cut = graph.length - 2; cut >= 0; cut--)
    if (isFixed[cut] && isOnTheOnlyWay(graph, cut)) {
      const prefix = { graph, cut };
      return prefixWeights(prefix).length > 0 ? prefix : undefined;
    }
  return undefined;
}

function staysAsItIs(layer: Layer): boolean {
  return isSteady(layer) && (weightsOf(layer).length === 0 || isFrozen(layer));
}

/** Whether nothing reaches the output past a step. */
function isOnTheOnlyWay(graph: readonly Step[], cut: number): boolean {
  const seen = new Set<number>([cut]);
  const passes = (index: number): boolean => {
    if (index === INPUT) return true;
    if (seen.has(index)) return false;
    seen.add(index);
    return graph[index].inputs.some(passes);
  };
  return !passes(graph.length - 1);
}

/** The steps of the prefix: those that the cut needs. */
function prefixSteps({ graph, cut }: Prefix): Step[] {
  const needed = new Set<number>();
  const need = (index: number): void => {
    if (index === INPUT || needed.has(index)) return;
    needed.add(index);
    graph[index].inputs.forEach(need);
  };
  need(cut);
  return graph.filter((_, index) => needed.has(index));
}

/** The weights that the prefix's output depends on. */
export function prefixWeights(prefix: Prefix): tf.Variable[] {
  const layers = new Set(prefixSteps(prefix).map(({ layer }) => layer));
  return [...layers].flatMap((layer) => weightsOf(layer).map(({ val }) => val));
}

/** What the rest of the model makes of the prefix's output. Gradients flow through.
 * @param features `[batch, …]`; borrowed.
 * @param training Whether layers such as dropout and batch norm do as they do in training.
 * @returns The model's output; the caller disposes it. */
export function runSuffix({ graph, cut }: Prefix, features: tf.Tensor, training: boolean): tf.Tensor {
  return runGraph(graph, features, { from: cut, to: [graph.length - 1], training })[0];
}
