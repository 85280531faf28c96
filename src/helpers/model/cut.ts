/** Where a network is cut, so that what stands before it becomes features for a new head. */
import { tf } from "../engine";
import { graphOf } from "./graph";
import { headOf, isModel, layersOf, type Layer, type NamedLayer } from "./layers";

/** A place between two layers. */
export interface Cut {
  layer: NamedLayer;
  /** Whether the features are what the layer takes, or what it gives. */
  side: "input" | "output";
}

/** The cut that a transfer makes: before the last layer with parameters, or behind the named one.
 * @param at As `summarize` calls it; where the last part is unique it is enough.
 * @throws Error where there is no such layer, or what stands last is no output layer. */
export function findCut(model: tf.LayersModel, at: string | undefined): Cut {
  if (at !== undefined) return { layer: layerNamed(model, at), side: "output" };
  const layer = headOf(model);
  const problem =
    headProblem(layer.layer) ??
    (isOnTheOnlyWay(model, layer.layer) ? undefined : "not the only way to the output");
  if (problem)
    throw new Error(
      `Cannot replace the output layer of "${model.name}": its last layer with parameters, "${layer.name}", is ${problem}. It has to be dense, or a 1×1 convolution; or say behind which layer the features are: { at: layerName }.`,
    );
  return { layer, side: "input" };
}

/** Why a layer can't be an output layer: undefined for a dense one, and for a convolution that is dense at each
 * place. */
function headProblem(layer: Layer): string | undefined {
  const kind = layer.getClassName();
  if (kind === "Dense") return undefined;
  if (kind !== "Conv2D") return `a ${kind}`;
  const { kernelSize, dataFormat } = layer.getConfig() as { kernelSize: number[]; dataFormat: string };
  if (dataFormat === "channelsFirst") return "a convolution with its channels first";
  return kernelSize.every((side) => side === 1) ? undefined : `a convolution of ${kernelSize.join("×")}`;
}

function layerNamed(model: tf.LayersModel, name: string): NamedLayer {
  const all = layersOf(model).filter(({ layer }) => layer.getClassName() !== "InputLayer");
  const exact = all.find((one) => one.name === name);
  const endings = all.filter((one) => one.name.endsWith(`/${name}`));
  const found = exact ?? (endings.length === 1 ? endings[0] : undefined);
  if (!found)
    throw new Error(
      `Cannot take features behind "${name}" of "${model.name}": the layers are ${all.map((one) => `"${one.name}"`).join(", ")}.`,
    );
  return found;
}

/** Whether nothing reaches the output past this layer. */
function isOnTheOnlyWay(model: tf.LayersModel, layer: Layer): boolean {
  const graph = graphOf(model);
  const seen = new Set<number>();
  const reachesInput = (index: number): boolean => {
    if (index < 0) return true;
    if (graph[index].layer === layer || seen.has(index)) return false;
    seen.add(index);
    return graph[index].inputs.some(reachesInput);
  };
  return !reachesInput(graph.length - 1);
}

/** What flows at the cut, as a symbolic tensor that comes of the model's inputs. Nested models are cut, too: what
 * is left of one stays a nested model of that name. */
export function featuresAt(model: tf.LayersModel, { layer: { layer }, side }: Cut): tf.SymbolicTensor {
  const within = (inside: tf.LayersModel): tf.SymbolicTensor => {
    const own = inside.layers.find((one) => one === layer || (isModel(one) && holds(one, layer)))!;
    if (!isModel(own)) return tensorOf(own, side);
    const inner = within(own);
    const before = tensorOf(own, "input");
    if (inner === own.inputs[0]) return before; // nothing of it is left
    return tf
      .model({ name: own.name, inputs: own.inputs, outputs: inner })
      .apply(before) as tf.SymbolicTensor;
  };
  return within(model);
}

function holds(model: tf.LayersModel, layer: Layer): boolean {
  return layersOf(model).some((one) => one.layer === layer);
}

/** The last use of a layer is the one inside the model at hand: a nested model's first one is its own making. */
function tensorOf(layer: Layer, side: Cut["side"]): tf.SymbolicTensor {
  const node = (layer.inboundNodes as unknown as Record<string, tf.SymbolicTensor[]>[]).at(-1)!;
  return node[side === "input" ? "inputTensors" : "outputTensors"][0];
}
