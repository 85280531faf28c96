/** The rows of the panel: a network's layers from input to head, those that belong together in one. */
import {
  parametersOf,
  summarize,
  weightedLayers,
  weightsOf,
  type DetectorCensus,
  type tf,
} from "../../helpers";
import type { PanelRow } from "./state";

type Named = ReturnType<typeof weightedLayers>[number];

/** A row for each layer that has parameters. Batch norm has one with the layer before it: its statistics describe what
 * that layer gives, so that one without the other is rarely meant.
 * @param classes What the head tells apart. */
export function rowsOf(model: tf.LayersModel, classes: readonly string[]): PanelRow[] {
  const groups: Named[][] = [];
  for (const named of weightedLayers(model))
    if (isNorm(named) && groups.length > 0) groups.at(-1)!.push(named);
    else groups.push([named]);
  const shapes = new Map(summarize(model).map(({ name, outputShape }) => [name, outputShape]));
  return groups.map((group, i) => ({
    name: group[0].name,
    layers: group.map(({ name }) => name),
    kind: group.map(kindOf).join(" + "),
    outputShape: shapes.get(group[0].name)!,
    parameters: group.reduce((sum, { layer }) => sum + parametersOf(layer), 0),
    detects: i === groups.length - 1 ? `tells the ${classes.length} classes apart` : "",
    shares: null,
  }));
}

/** The rows with what a census found their units to detect. */
export function withCensus(rows: readonly PanelRow[], { layers }: DetectorCensus): PanelRow[] {
  return rows.map((row) => {
    const found = layers.find(({ layer }) => row.layers.includes(layer));
    if (!found) return row;
    const { straight, corner, curve, other } = found.shares;
    const shares = { straight: straight.value, corner: corner.value, curve: curve.value, other: other.value };
    const words = [
      ["straight edges", shares.straight],
      ["corners", shares.corner],
      ["curves", shares.curve],
    ] as const;
    const seen = words.filter(([, share]) => share > 0).map(([name, share]) => `${name} ${whole(share)}`);
    return {
      ...row,
      shares,
      detects: seen.length > 0 ? seen.join(", ") : "neither edges, corners nor curves",
    };
  });
}

function whole(share: number): string {
  return `${Math.round(100 * share)}\u00a0%`; // stays on one line
}

function isNorm({ layer }: Named): boolean {
  return layer.getClassName() === "BatchNormalization";
}

function kindOf({ layer }: Named): string {
  const [height, width] = weightsOf(layer)[0].shape;
  const names: Record<string, string> = {
    Conv2D: `${height}×${width} convolution`,
    DepthwiseConv2D: `${height}×${width} depthwise convolution`,
    SeparableConv2D: `${height}×${width} separable convolution`,
    BatchNormalization: "batch norm",
    Dense: "dense",
  };
  return names[layer.getClassName()] ?? layer.getClassName();
}
