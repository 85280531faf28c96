/** Puts a layer in front of a network, before it is built, so that it takes bytes. */
import type { Topology } from "./model-json";

/** A layer as Keras writes it down; of a model, its layers. */
interface LayerConfig {
  class_name: string;
  name?: string;
  config: Config | LayerConfig[];
  inbound_nodes?: Reference[][];
}

interface Config {
  name?: string;
  batch_input_shape?: (number | null)[];
  layers?: LayerConfig[];
  /** Of a functional model. */
  input_layers?: Reference[];
  output_layers?: Reference[];
  [key: string]: unknown;
}

/** The output of a layer: its name, which use of it, which of its outputs. */
type Reference = [name: string, node: number, tensor: number, ...rest: unknown[]];

/** A network's architecture under another name, with a rescaling layer behind its input: pixels 0…255 become what
 * the network was trained on. No layer changes its name.
 * @param topology Borrowed.
 * @param options.range The values the network itself takes; `[0, 255]` leaves it as it is.
 * @throws Error where the network has several inputs. */
export function withRescaling(
  topology: Topology,
  { name, range: [low, high] }: { name: string; range: [number, number] },
): Topology {
  const copy = structuredClone((topology.model_config ?? topology) as LayerConfig);
  configOf(copy).name = name;
  if (low !== 0 || high !== 255) insert(copy, { scale: (high - low) / 255, offset: low });
  return copy as Topology;
}

/** Whether a network makes small numbers of bytes by itself: it begins with a rescaling layer. */
export function beginsByRescaling(topology: Topology): boolean {
  const first = (model: LayerConfig): LayerConfig | undefined => {
    const layer = configOf(model).layers?.find(({ class_name: kind }) => kind !== "InputLayer");
    return layer && (isModel(layer) ? first(layer) : layer);
  };
  return (
    first(structuredClone((topology.model_config ?? topology) as LayerConfig))?.class_name === "Rescaling"
  );
}

function isModel({ class_name: kind }: LayerConfig): boolean {
  return ["Sequential", "Model", "Functional"].includes(kind);
}

/** What a layer is made of. Keras once wrote sequential models as a bare list; such a one is rewritten. */
function configOf(layer: LayerConfig): Config {
  if (Array.isArray(layer.config)) layer.config = { layers: layer.config };
  return layer.config;
}

interface Scaling {
  scale: number;
  offset: number;
}

function insert(model: LayerConfig, scaling: Scaling): void {
  const config = configOf(model);
  const layers = config.layers ?? [];
  if (config.input_layers) insertBehindInput(config, layers, scaling);
  // Into a nested model: TensorFlow.js doesn't dispose one that stands second in a sequential model.
  else if (isModel(layers[0])) insert(layers[0], scaling);
  else insertFirst(layers, scaling);
}

function insertBehindInput(config: Config, layers: LayerConfig[], scaling: Scaling): void {
  const inputs = config.input_layers!;
  if (inputs.length !== 1) throw new Error(`it has ${inputs.length} inputs, and one is needed`);
  const [input] = inputs[0];
  const layer = rescaling(layers, scaling);
  const redirect = (references: Reference[]): void => {
    for (const reference of references) if (reference[0] === input) reference[0] = layer.name!;
  };
  for (const { inbound_nodes: nodes = [] } of layers) nodes.forEach(redirect);
  redirect(config.output_layers ?? []);
  const at = layers.findIndex((one) => nameOf(one) === input);
  layers.splice(at + 1, 0, { ...layer, inbound_nodes: [[[input, 0, 0, {}]]] });
}

function insertFirst(layers: LayerConfig[], scaling: Scaling): void {
  const layer = rescaling(layers, scaling);
  if (layers[0].class_name === "InputLayer") layers.splice(1, 0, layer);
  else {
    configOf(layer).batch_input_shape = configOf(layers[0]).batch_input_shape;
    layers.unshift(layer);
  }
}

function rescaling(others: LayerConfig[], scaling: Scaling): LayerConfig {
  const taken = new Set(others.map(nameOf));
  let name = "rescale";
  for (let i = 1; taken.has(name); i++) name = `rescale_${i}`;
  return { class_name: "Rescaling", name, config: { name, trainable: true, ...scaling } };
}

function nameOf(layer: LayerConfig): string | undefined {
  return layer.name ?? configOf(layer).name;
}
