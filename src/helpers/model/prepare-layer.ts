/** What stock layers get wrong while they train, put right one layer at a time. Inference stays stock. */
import { batchNormInTraining, conv2dWithBias, tf } from "../engine";
import type { Layer, Weight } from "./layers";

const prepared = new WeakSet<Layer>();

/** Readies a layer for training, once. Batch norm obeys its freezing; convolutions and dense layers compute no
 * gradient that nobody asked for. */
export function prepareLayer(layer: Layer, isFrozen: (layer: Layer) => boolean): void {
  if (prepared.has(layer)) return;
  prepared.add(layer);
  if (layer.getClassName() === "BatchNormalization") prepareBatchNorm(layer as BatchNorm, isFrozen);
  if (layer.getClassName() === "Conv2D") prepareConvolution(layer as Convolution);
  if (layer.getClassName() === "Dense") prepareDense(layer as Dense);
}

export interface BatchNorm extends Layer {
  gamma?: Weight;
  beta?: Weight;
  movingMean: Weight;
  movingVariance: Weight;
  axis: number;
  momentum: number;
  epsilon: number;
}

/** A frozen batch norm uses the statistics it came with, and leaves them as they are. */
function prepareBatchNorm(layer: BatchNorm, isFrozen: (layer: Layer) => boolean): void {
  const stockCall = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    if (!kwargs?.training || isFrozen(layer)) return stockCall(inputs, { ...kwargs, training: false });
    if (layer.axis !== -1 && layer.axis !== x.rank - 1) return stockCall(inputs, kwargs);
    return tf.tidy(() => {
      const channels = x.shape[x.rank - 1]!;
      const { momentum, epsilon } = layer;
      const { output, movingMean, movingVariance } = batchNormInTraining(x, {
        gamma: layer.gamma?.read() ?? tf.ones([channels]),
        beta: layer.beta?.read() ?? tf.zeros([channels]),
        movingMean: layer.movingMean.read(),
        movingVariance: layer.movingVariance.read(),
        momentum,
        epsilon,
      });
      layer.movingMean.write(movingMean);
      layer.movingVariance.write(movingVariance);
      return output;
    });
  };
}

interface Convolution extends Layer {
  kernel: Weight;
  bias: Weight | null;
  strides: [number, number];
  padding: "same" | "valid";
  dataFormat: "channelsFirst" | "channelsLast";
  dilationRate: [number, number];
  activation: Activation | null;
}

interface Activation {
  apply(x: tf.Tensor): tf.Tensor;
  getClassName(): string;
}

/** Stock fuses the convolution with its activation, and then computes the gradient of the input even where
 * nothing below trains: for `conv1` that is a seventh of a training step. */
function prepareConvolution(layer: Convolution): void {
  const stockCall = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    if (!kwargs?.training || layer.dataFormat === "channelsFirst") return stockCall(inputs, kwargs);
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
      const { strides, padding, dilationRate, bias, activation } = layer;
      if (!bias || dilationRate.some((rate) => rate > 1)) return finish(layer, convolve(layer, x));
      const kernel = layer.kernel.read() as tf.Tensor4D;
      const y = conv2dWithBias(x, kernel, bias.read() as tf.Tensor1D, strides, padding);
      return activation ? activation.apply(y) : y;
    });
  };
}

interface Dense extends Layer {
  kernel: Weight;
  bias: Weight | null;
  activation: Activation | null;
}

/** Stock makes the matrices batches of one matrix, and computes all gradients, asked for or not. */
// TensorFlow still multiplies batches: its plain MatMul (oneDNN's gemm, on AVX-512) keeps data where a signal's
// handler writes, so that a profiler or a child process that ends makes it corrupt the heap.
function prepareDense(layer: Dense): void {
  const stockCall = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    if (!kwargs?.training || x.rank !== 2) return stockCall(inputs, kwargs);
    return tf.tidy(() => finish(layer, tf.matMul(x as tf.Tensor2D, layer.kernel.read() as tf.Tensor2D)));
  };
}

/** A convolution's own part: no bias, no activation. The surrounding `tf.tidy` owns the result. */
export function convolve(layer: Layer, x: tf.Tensor): tf.Tensor {
  const { kernel, strides, padding, dilationRate } = layer as Convolution;
  return tf.conv2d(x as tf.Tensor4D, kernel.read() as tf.Tensor4D, strides, padding, "NHWC", dilationRate);
}

/** What a convolution or a dense layer does with its sums: bias and activation. The surrounding `tf.tidy` owns the
 * result. */
export function finish(layer: Layer, y: tf.Tensor): tf.Tensor {
  const { bias, activation } = layer as Convolution | Dense;
  const shifted = bias ? tf.add(y, bias.read()) : y;
  return activation ? activation.apply(shifted) : shifted;
}

/** Whether a layer never gives less for more, each value by itself, so that it commutes with a maximum. */
export function isRising(layer: Layer): boolean {
  switch (layer.getClassName()) {
    case "ReLU":
      return true;
    case "LeakyReLU":
      return (layer as Layer & { alpha: number }).alpha >= 0;
    case "Activation":
      return isRisingActivation((layer as Layer & { activation: Activation }).activation);
    default:
      return false;
  }
}

/** Whether a layer is a plain convolution whose bias and activation commute with a maximum. */
export function isConvolutionBeforeRising(layer: Layer): boolean {
  const { dataFormat, activation } = layer as Convolution;
  return (
    layer.getClassName() === "Conv2D" &&
    dataFormat === "channelsLast" &&
    (!activation || isRisingActivation(activation))
  );
}

function isRisingActivation(activation: Activation): boolean {
  return ["linear", "relu", "relu6"].includes(activation.getClassName());
}
