import { runNative, usesNative } from "./native";
import { tf } from "./tf";

/** Mean of `−w · log softmax(logits)[label]`, in nats. Differentiable in `logits`.
 * @param logits `[batch, classes]`; borrowed.
 * @param oneHot `[batch, classes]`, each row a distribution; borrowed.
 * @param weights `[batch]`, how much each example counts, 1 by default; borrowed.
 * @returns A scalar; the caller disposes it. */
export function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  oneHot: tf.Tensor2D,
  weights?: tf.Tensor1D,
): tf.Scalar {
  if (!usesNative()) return stock(logits, oneHot, weights);
  const loss = tf.customGrad((...args) => {
    const logits = args[0] as tf.Tensor2D;
    const save = args[1] as unknown as tf.GradSaveFunc;
    const [losses, gradients] = runNative("NativeSoftmaxCrossEntropy", { logits, labels: oneHot });
    save([weights ? tf.mul(gradients, tf.expandDims(weights, 1)) : gradients]);
    return {
      value: tf.mean(weights ? tf.mul(losses, weights) : losses),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0], tf.div(dy, logits.shape[0])),
    };
  });
  return loss(logits) as tf.Scalar;
}

function stock(logits: tf.Tensor2D, oneHot: tf.Tensor2D, weights?: tf.Tensor1D): tf.Scalar {
  if (!weights) return tf.losses.softmaxCrossEntropy(oneHot, logits) as tf.Scalar;
  // Its own weighted mean divides by the sum of the weights, which differs from batch to batch.
  return tf.tidy(() => tf.mean(tf.losses.softmaxCrossEntropy(oneHot, logits, weights, 0, tf.Reduction.NONE)));
}
