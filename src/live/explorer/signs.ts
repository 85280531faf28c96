/** Batch norm with a negative γ turns the sign of a unit's answer: what a weight does in the end. */
import { roleOf, weightsOf, type Step } from "../../helpers";

/** The signs that batch norms give to channels on the way from one step to a later one, each of the last axis.
 * @param from Its own batch norm is not on the way.
 * @param to Where the way ends; it counts where it is a batch norm.
 * @returns One list of signs for each batch norm; none where the way doesn't lead there. */
export async function signsBetween(graph: readonly Step[], from: string, to: string): Promise<Int8Array[]> {
  const at = (name: string): number => graph.findIndex((step) => step.name === name);
  const [first, last] = [at(from), at(to)];
  const way: Step[] = [];
  let step = last;
  for (; step > first; step = graph[step].inputs[0]) way.push(graph[step]);
  if (step !== first) return [];
  const norms = way.filter(({ layer }) => layer.getClassName() === "BatchNormalization");
  const gammas = norms.flatMap(({ layer }) => weightsOf(layer).filter((w) => roleOf(w) === "gamma"));
  return Promise.all(gammas.map(async (gamma) => Int8Array.from(await gamma.read().data(), signOf)));
}

/** The sign of one channel, all batch norms taken together. Flattened maps have more channels than norms before. */
export function signAt(signs: readonly Int8Array[], channel: number): number {
  return signs.reduce((sign, of) => sign * of[channel % of.length], 1);
}

function signOf(value: number): number {
  return value < 0 ? -1 : 1;
}
