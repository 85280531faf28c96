import type { LayerSummary, Receipt } from "../helpers";
import { change, count } from "./format";
import { showTable } from "./table";

/** Shows the layers of a model from input to output; frozen ones are pale.
 * @throws Error where there are no layers.
 * @example
 * await showLayers(summarize(target)); */
export async function showLayers(layers: readonly LayerSummary[]): Promise<void> {
  if (layers.length === 0) throw new Error("Cannot show the layers: there are none.");
  const trained = layers.reduce((sum, layer) => sum + (layer.frozen ? 0 : layer.parameters), 0);
  const total = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const rows = layers.map(({ name, kind, outputShape, parameters, frozen }) => [
    name,
    kind,
    outputShape.join(" × "),
    parameters === 0 ? "" : count(parameters),
    parameters === 0 ? "" : frozen ? "frozen" : "trains",
  ]);
  const title = `${count(trained)} of ${count(total)} parameters train`;
  showTable([["layer", "kind", "output", "parameters", ""], ...rows], {
    title,
    shaded: (row) => layers[row].frozen,
  });
}

/** Shows what a training moved: for each layer how many of its parameters could move, and the largest change.
 * @example
 * await showReceipt((await fineTune(target, few, { seed: 3 })).receipt); */
export async function showReceipt(receipt: Receipt): Promise<void> {
  const rows = receipt.layers.map(({ name, trainable, total, largestChange, frozen }) => [
    name,
    count(trainable),
    count(total),
    change(largestChange),
    frozen ? "frozen" : "trained",
  ]);
  const title = `${count(receipt.trainable)} of ${count(receipt.total)} parameters were trained`;
  showTable([["layer", "trainable", "parameters", "largest change", ""], ...rows], {
    title,
    shaded: (row) => receipt.layers[row].frozen,
  });
}
