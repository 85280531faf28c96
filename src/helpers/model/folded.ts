/** Batch norm in inference multiplies and adds the same numbers to every example: a convolution before it can do
 * that with its own parameters. */
import { conv2dWithBias, tf } from "../engine";
import type { Layer, Weight } from "./layers";
import type { BatchNorm } from "./prepare-layer";

interface Convolution extends Layer {
  kernel?: Weight;
  depthwiseKernel?: Weight;
  bias?: Weight | null;
  strides: [number, number];
  padding: "same" | "valid";
  dataFormat: "channelsFirst" | "channelsLast";
  dilationRate: [number, number];
  activation?: { getClassName(): string } | null;
}

/** A convolution and the batch norm behind it, as one. */
export interface Folded {
  /** The surrounding `tf.tidy` owns what it gives. */
  apply(x: tf.Tensor): tf.Tensor;
  dispose(): void;
}

/** Whether the second layer can be folded into the first: a plain or depthwise convolution without an activation of
 * its own, and a batch norm over its channels. */
export function folds(first: Layer, second: Layer): boolean {
  if (!["Conv2D", "DepthwiseConv2D"].includes(first.getClassName())) return false;
  if (second.getClassName() !== "BatchNormalization") return false;
  const { dataFormat, dilationRate, activation } = first as Convolution;
  const { axis } = second as BatchNorm;
  return (
    dataFormat === "channelsLast" &&
    dilationRate.every((rate) => rate === 1) &&
    (!activation || activation.getClassName() === "linear") &&
    (axis === -1 || axis === 3)
  );
}

/** Both layers as they are now: with `s = γ / √(variance + ε)`, the kernel times `s`, and `β + (bias − mean) · s` as
 * the bias. What is trained later is not in it. */
export function fold(convolution: Layer, norm: Layer): Folded {
  const { kernel, depthwiseKernel, bias, strides, padding } = convolution as Convolution;
  const { gamma, beta, movingMean, movingVariance, epsilon } = norm as BatchNorm;
  const weights = (kernel ?? depthwiseKernel)!.read() as tf.Tensor4D;
  const [filter, shift] = tf.tidy(() => {
    const spread = tf.rsqrt(tf.add(movingVariance.read(), epsilon));
    const scale = gamma ? tf.mul(gamma.read(), spread) : spread;
    const centre = bias ? tf.sub(bias.read(), movingMean.read()) : tf.neg(movingMean.read());
    const moved = tf.mul(centre, scale);
    // A depthwise kernel is [height, width, channels, multiplier]; its outputs are channels · multiplier.
    const perWeight = kernel ? scale : tf.reshape(scale, weights.shape.slice(2));
    return [tf.mul(weights, perWeight) as tf.Tensor4D, beta ? tf.add(moved, beta.read()) : moved];
  });
  return {
    apply: (x) =>
      kernel
        ? conv2dWithBias(x as tf.Tensor4D, filter, shift as tf.Tensor1D, strides, padding)
        : tf.add(tf.depthwiseConv2d(x as tf.Tensor4D, filter, strides, padding), shift),
    dispose: () => tf.dispose([filter, shift]),
  };
}
