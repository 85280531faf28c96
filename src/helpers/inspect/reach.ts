/** What a single layer looks at: which part of its input one of its outputs depends on. */
import type { Step } from "../model";

type Layer = Step["layer"];

/** A tensor's shape without the batch axis: `[height, width, channels]`, or whatever a layer gives. */
export type Shape = readonly number[];

/** Along one axis: output `i` depends on the inputs from `⌊i · stride⌋ − before`, `size` of them. */
export interface Window {
  size: number;
  /** Inputs from one output to the next; below 1 where the layer enlarges. */
  stride: number;
  /** Inputs that padding adds before the first one; negative where some are cropped off. */
  before: number;
  /** Between two inputs, as smooth enlarging is. */
  smooth?: boolean;
}

/** A window over rows and columns, or all of the input. */
export type Reach = { rows: Window; columns: Window } | "whole";

const SLIDING = new Set(["Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D"]);

/** Layers that take each place of a map by itself. */
const POINTWISE = new Set([
  ...["Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", "Softmax"],
  ...["BatchNormalization", "LayerNormalization", "Rescaling", "Dense", "InputLayer"],
  ...["Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout"],
  ...["Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"],
]);

/** Layers whose outputs may depend on any place. */
const WHOLE = new Set([
  ...["Flatten", "Reshape", "Permute", "RepeatVector", "Dot"],
  ...["GlobalAveragePooling2D", "GlobalMaxPooling2D"],
]);

/** Layers that move or enlarge a map. */
const MOVING = new Set(["ZeroPadding2D", "Cropping2D", "UpSampling2D"]);

/** The settings of the layers above, as TensorFlow.js keeps them. */
interface Settings {
  kernelSize?: number[];
  poolSize?: number[];
  strides: number[];
  dilationRate?: number | number[];
  padding: string | [number, number][];
  cropping: [number, number][];
  size: number[];
  interpolation: string;
  axis?: number | number[];
  dataFormat?: string;
}

/** What an output of a layer depends on in one of its inputs.
 * @param input The shape of that input; the layer may have others.
 * @throws Error where the kind of the layer is unknown. */
export function reachOf(layer: Layer, input: Shape, output: Shape): Reach {
  const kind = layer.getClassName();
  const settings = layer as unknown as Settings;
  checkKnown(layer, kind, settings);
  if (input.length !== 3 || WHOLE.has(kind) || mixesPlaces(kind, settings, input.length)) return "whole";
  const along = (axis: 0 | 1): Window => {
    if (SLIDING.has(kind)) return sliding(kind, settings, axis, input[axis]);
    if (kind === "ZeroPadding2D")
      return { size: 1, stride: 1, before: (settings.padding as [number, number][])[axis][0] };
    if (kind === "Cropping2D") return { size: 1, stride: 1, before: -settings.cropping[axis][0] };
    if (kind === "UpSampling2D")
      return {
        size: 1,
        stride: 1 / settings.size[axis],
        before: 0,
        smooth: settings.interpolation === "bilinear",
      };
    // A map of one place, such as a gate, is repeated over the other input's places.
    return { size: 1, stride: input[axis] === 1 && output[axis] > 1 ? 0 : 1, before: 0 };
  };
  return { rows: along(0), columns: along(1) };
}

/** The shape of what a layer gives.
 * @param inputs The shapes of all its inputs. */
export function outputShape(layer: Layer, inputs: readonly Shape[]): Shape {
  const batched = inputs.map((shape) => [null, ...shape]);
  return layer.computeOutputShape(batched.length === 1 ? batched[0] : batched).slice(1) as number[];
}

/** A window that slides along an axis, padded as TensorFlow does: an odd pixel goes to the end. */
function sliding(kind: string, settings: Settings, axis: 0 | 1, inputs: number): Window {
  const { kernelSize, poolSize, strides, dilationRate = 1, padding } = settings;
  const stated = typeof dilationRate === "number" ? dilationRate : dilationRate[axis];
  const dilation = kind === "DepthwiseConv2D" ? 1 : stated; // TensorFlow.js takes no notice of it there
  const size = ((kernelSize ?? poolSize)![axis] - 1) * dilation + 1;
  const stride = strides[axis];
  if (padding !== "same") return { size, stride, before: 0 };
  const padded = Math.max(0, (Math.ceil(inputs / stride) - 1) * stride + size - inputs);
  return { size, stride, before: Math.floor(padded / 2) };
}

/** Whether a layer that can work along any axis does so across places. */
function mixesPlaces(kind: string, { axis = -1 }: Settings, rank: number): boolean {
  if (!["Concatenate", "LayerNormalization", "Softmax"].includes(kind)) return false;
  return [axis].flat().some((one) => one !== -1 && one !== rank);
}

/** Whether it can be told what a layer looks at. */
export function isKnown(layer: Layer): boolean {
  return (layer as unknown as Settings).dataFormat !== "channelsFirst" && isKnownKind(layer.getClassName());
}

function isKnownKind(kind: string): boolean {
  return [SLIDING, POINTWISE, WHOLE, MOVING].some((kinds) => kinds.has(kind));
}

function checkKnown(layer: Layer, kind: string, { dataFormat }: Settings): void {
  if (dataFormat === "channelsFirst")
    throw new Error(
      `Cannot tell what "${layer.name}" looks at: it takes channels first, and only channels last are known.`,
    );
  if (!isKnownKind(kind))
    throw new Error(
      `Cannot tell what "${layer.name}" looks at: ${kind} isn't known to keep places apart. Convolutions, pools, padding, cropping, upsampling and layers that take each place by itself are.`,
    );
}
