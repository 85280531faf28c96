/** A network as a list of layers, for contenders that build it in their own way. */
import type { Model } from "./workers/lab";

export type LayerEntry = { kind: string; name: string } & Record<string, unknown>;

interface Config {
  name: string;
  [option: string]: unknown;
}

const first = (value: unknown): number =>
  Array.isArray(value) ? (value as number[]).flat()[0] : Number(value);

type Describe = (config: Config, inputShape: number[]) => Omit<LayerEntry, "name">;

const convolution: Describe = (config) => ({
  kind: "convolution",
  depthwise: config.filters === undefined,
  filters: config.filters ?? 0,
  kernelSize: first(config.kernelSize),
  strides: first(config.strides),
  padding: config.padding,
  bias: config.useBias,
});

/** By the layer's class. Layers that only bring features into a row are left to those that give one. */
const KINDS: Record<string, Describe | undefined> = {
  Rescaling: ({ scale, offset }) => ({ kind: "rescale", scale, offset }),
  Conv2D: convolution,
  DepthwiseConv2D: convolution,
  ZeroPadding2D: ({ padding }) => {
    const [before, after] = (padding as number[][])[0];
    return { kind: "pad", before, after };
  },
  MaxPooling2D: ({ poolSize }) => ({ kind: "pool", size: first(poolSize) }),
  BatchNormalization: ({ momentum, epsilon }) => ({ kind: "norm", momentum, epsilon }),
  ReLU: ({ maxValue }) => ({ kind: "relu", max: maxValue ?? 0 }),
  LeakyReLU: ({ alpha }) => ({ kind: "leaky", alpha }),
  Flatten: () => ({ kind: "flatten" }),
  GlobalAveragePooling2D: () => ({ kind: "mean" }),
  Dense: ({ units }, shape) => ({ kind: "dense", units, inputs: shape.at(-1) }),
};

/** @throws Error where a layer is of a class that the peers aren't told of. */
export function layerList(model: Model): LayerEntry[] {
  return model.layers.flatMap((layer): LayerEntry[] => {
    const kind = layer.getClassName();
    if (kind === "InputLayer") return [];
    const describe = KINDS[kind];
    if (!describe) throw new Error(`Cannot list "${layer.name}": the peers know no ${kind}.`);
    const inputShape = layer.input as { shape: number[] };
    return [{ name: layer.name, ...describe(layer.getConfig() as Config, inputShape.shape) } as LayerEntry];
  });
}
