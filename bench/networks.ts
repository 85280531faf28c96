/** The two networks that all contenders train: 32×32×3 to ten classes. `peers.py` has them in Python. */
import type * as TensorFlow from "@tensorflow/tfjs-node";

export type NetworkName = "plain" | "batch-norm";

const SIZE = 32;
const CLASSES = 10;

/** `plain`: three convolutions with bias, 3×3. `batch-norm`: the layers of `buildConvNet`.
 * @param tf Stock TensorFlow.js or the package's: the layers are the same.
 * @returns A model that gives logits; the caller disposes it. */
export function network(tf: typeof TensorFlow, name: NetworkName): TensorFlow.LayersModel {
  const norm = name === "batch-norm";
  const block = (filters: number, kernelSize: number, pool = true) => [
    tf.layers.conv2d({ filters, kernelSize, padding: "same", useBias: !norm }),
    ...(pool ? [tf.layers.maxPooling2d({ poolSize: 2 })] : []),
    ...(norm ? [tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 })] : []),
    tf.layers.reLU(),
  ];
  return tf.sequential({
    layers: [
      tf.layers.rescaling({ inputShape: [SIZE, SIZE, 3], scale: 1 / 63.75, offset: -1.892 }),
      ...(norm
        ? [...block(32, 5), ...block(64, 3), ...block(128, 3), ...block(128, 3, false)]
        : [...block(32, 3), ...block(64, 3), ...block(128, 3)]),
      tf.layers.flatten(),
      tf.layers.dense({ units: CLASSES }),
    ],
  });
}

/** Pixels 0…255 and labels by chance. */
export function examples(count: number): { images: Uint8Array; labels: Int32Array } {
  const images = new Uint8Array(count * SIZE * SIZE * 3);
  for (let i = 0; i < images.length; i++) images[i] = Math.random() * 256;
  return { images, labels: Int32Array.from({ length: count }, () => Math.random() * CLASSES) };
}
