/** A plain convolutional network: three convolutions with bias, no batch norm; 32×32×3 to ten classes. */
import type * as TensorFlow from "@tensorflow/tfjs-node";

/** @returns A model that gives logits; the caller disposes it. */
export function plainNetwork(tf: typeof TensorFlow): TensorFlow.LayersModel {
  const block = (index: number, filters: number) => [
    tf.layers.conv2d({
      name: `conv${index}`,
      filters,
      kernelSize: 3,
      padding: "same",
      kernelInitializer: tf.initializers.heNormal({ seed: index }),
    }),
    tf.layers.maxPooling2d({ name: `pool${index}`, poolSize: 2 }),
    tf.layers.reLU({ name: `relu${index}` }),
  ];
  return tf.sequential({
    layers: [
      tf.layers.rescaling({ name: "rescale", inputShape: [32, 32, 3], scale: 1 / 63.75, offset: -1.892 }),
      ...block(1, 32),
      ...block(2, 64),
      ...block(3, 128),
      tf.layers.flatten({ name: "flatten" }),
      tf.layers.dense({ name: "head", units: 10 }),
    ],
  });
}
