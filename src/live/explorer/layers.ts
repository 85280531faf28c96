/** The layers that can be explored, and how their units are fed. */
import { graphOf, INPUT, roleOf, weightedLayers, weightsOf, type Step, type tf } from "../../helpers";
import type { Feed } from "./state";
import { weightsThumb } from "./thumb";

const KINDS = new Set(["Conv2D", "DepthwiseConv2D", "Dense"]);
const MOST_FEEDS = 6;

/** A layer whose units can be looked at. */
export interface Layer {
  name: string;
  units: number;
  isConvolution: boolean;
  /** Whether each unit sees but one unit of the layer below. */
  isDepthwise: boolean;
  /** The layer below; null for the first. */
  below: string | null;
  /** `[…, inputs, units]`, row-major. */
  kernel: { shape: readonly number[]; read(): tf.Tensor };
}

/** From input to output. */
export function exploredLayers(model: tf.LayersModel): Layer[] {
  const graph = graphOf(model);
  const weighted = new Map(weightedLayers(model).map((one) => [one.name, one.layer]));
  return graph.flatMap((step): Layer[] => {
    const layer = weighted.get(step.name);
    const kind = step.layer.getClassName();
    const kernel =
      layer && KINDS.has(kind) ? weightsOf(layer).find((w) => roleOf(w).includes("kernel")) : undefined;
    if (!kernel) return [];
    const shape = kernel.shape as number[];
    const units = kind === "DepthwiseConv2D" ? shape[2] * shape[3] : shape.at(-1)!;
    const below = belowOf(graph, step);
    return [
      {
        name: step.name,
        units,
        isConvolution: kind === "Conv2D",
        isDepthwise: kind === "DepthwiseConv2D",
        below,
        kernel: { shape, read: () => kernel.read() },
      },
    ];
  });
}

function belowOf(graph: readonly Step[], { inputs: [first] }: Step): string | null {
  let index = first;
  while (index !== INPUT && !KINDS.has(graph[index].layer.getClassName())) index = graph[index].inputs[0];
  return index === INPUT ? null : graph[index].name;
}

/** The units of the layer below that weigh most in a unit; none where weights belong to no unit of it.
 * @param values The kernel as it counts: the signs that batch norms give are in it.
 * @param units Of the layer below. */
export function feedsOf(values: ArrayLike<number>, layer: Layer, unit: number, units: number): Feed[] {
  const { shape } = layer.kernel;
  if (layer.isDepthwise) return oneFeed(values, layer, unit, units);
  const outputs = shape.at(-1)!;
  const rows = values.length / outputs;
  if (rows % units !== 0) return []; // branches are joined in between
  const places = rows / units;
  const width =
    shape.length === 4 ? shape[1] : Number.isInteger(Math.sqrt(places)) ? Math.sqrt(places) : places;
  const weights = Array.from({ length: units }, (_, below) =>
    Array.from({ length: places }, (_, place) => values[(place * units + below) * outputs + unit]),
  );
  const size = (of: readonly number[]): number => Math.hypot(...of);
  const order = weights.map((_, below) => below).sort((a, b) => size(weights[b]) - size(weights[a]));
  return feeds(order.slice(0, MOST_FEEDS), weights, width);
}

/** A unit of a depthwise convolution has weights for one unit alone. */
function oneFeed(
  values: ArrayLike<number>,
  { kernel: { shape }, units }: Layer,
  unit: number,
  below: number,
): Feed[] {
  const [height, width, channels, each] = shape;
  if (channels !== below) return [];
  const own = Array.from({ length: height * width }, (_, place) => values[place * units + unit]);
  const fed = Math.floor(unit / each);
  return feeds([fed], { [fed]: own }, width);
}

function feeds(shown: readonly number[], weights: Record<number, number[]>, width: number): Feed[] {
  const largest = Math.max(...shown.flatMap((below) => weights[below].map(Math.abs)));
  return shown.map((below) => ({
    unit: below,
    sum: weights[below].reduce((a, b) => a + b, 0),
    weights: weightsThumb(weights[below], width, largest),
  }));
}
