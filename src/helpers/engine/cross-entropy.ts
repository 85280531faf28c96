import { runNative, usesNative } from "./native";
import { tf } from "./tf";

/** Mean of `−log softmax(logits)[label]`, in nats. Differentiable in `logits`.
 * @param logits `[batch, classes]`; borrowed.
 * @param oneHot `[batch, classes]`, each row a distribution; borrowed.
 * @returns A scalar; the caller disposes it. */
export function softmaxCrossEntropy(logits: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Scalar {
  if (!usesNative()) return tf.losses.softmaxCrossEntropy(oneHot, logits) as tf.Scalar;
  const loss = tf.customGrad((...args) => {
    const logits = args[0] as tf.Tensor2D;
    const save = args[1] as unknown as tf.GradSaveFunc;
    const [losses, gradient] = runNative("NativeSoftmaxCrossEntropy", { logits, labels: oneHot });
    save([gradient]);
    return {
      value: tf.mean(losses),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0], tf.div(dy, logits.shape[0])),
    };
  });
  return loss(logits) as tf.Scalar;
}
