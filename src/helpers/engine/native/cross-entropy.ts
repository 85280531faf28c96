import { tf } from "../tf";
import { execute, T_FLOAT32 } from "./execute";
import { isRecording, nativeOrStock } from "./switch";

/** Mean of `−log softmax(logits)[label]`, in nats. Differentiable in `logits`. TensorFlow has the loss and its
 * gradient as one operation.
 * @param logits `[batch, classes]`; borrowed.
 * @param oneHot `[batch, classes]`, each row a distribution; borrowed.
 * @returns A scalar; the caller disposes it. */
export function softmaxCrossEntropy(logits: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Scalar {
  return nativeOrStock(
    "softmax cross-entropy",
    () => native(logits, oneHot),
    () => tf.losses.softmaxCrossEntropy(oneHot, logits) as tf.Scalar,
  );
}

function native(logits: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Scalar {
  const loss = tf.customGrad((...args) => {
    const logits = args[0] as tf.Tensor2D;
    const save = args[1] as unknown as tf.GradSaveFunc;
    const [losses, gradient] = execute("SoftmaxCrossEntropyWithLogits", [T_FLOAT32], [logits, oneHot], 2);
    save([logits, gradient]);
    return {
      value: tf.mean(losses),
      gradFunc: (dy: tf.Tensor, [logits, gradient]: tf.Tensor[]) => {
        const perRow = tf.div(dy, logits.shape[0]);
        return isRecording() ? tf.mul(tf.sub(tf.softmax(logits), oneHot), perRow) : tf.mul(gradient, perRow);
      },
    };
  });
  return loss(logits) as tf.Scalar;
}
