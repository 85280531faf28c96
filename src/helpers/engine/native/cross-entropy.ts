import { tf } from "../tf";
import { execute, T_FLOAT32 } from "./execute";
import { isRecording, nativeOrStock } from "./switch";

/** Mean of `−w · log softmax(logits)[label]`, in nats. Differentiable in `logits`. TensorFlow has the loss and its
 * gradient as one operation.
 * @param logits `[batch, classes]`; borrowed.
 * @param oneHot `[batch, classes]`, each row a distribution; borrowed.
 * @param weights `[batch]`, how much each example counts, 1 by default; borrowed.
 * @returns A scalar; the caller disposes it. */
export function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  oneHot: tf.Tensor2D,
  weights?: tf.Tensor1D,
): tf.Scalar {
  return nativeOrStock(
    "softmax cross-entropy",
    () => native(logits, oneHot, weights),
    () => stock(logits, oneHot, weights),
  );
}

function native(logits: tf.Tensor2D, oneHot: tf.Tensor2D, weights?: tf.Tensor1D): tf.Scalar {
  const loss = tf.customGrad((...args) => {
    const logits = args[0] as tf.Tensor2D;
    const save = args[1] as unknown as tf.GradSaveFunc;
    const [losses, gradient] = execute("SoftmaxCrossEntropyWithLogits", [T_FLOAT32], [logits, oneHot], 2);
    save(weights ? [logits, gradient, weights] : [logits, gradient]);
    return {
      value: tf.mean(weights ? tf.mul(losses, weights) : losses),
      gradFunc: (dy: tf.Tensor, [logits, gradient, weights]: tf.Tensor[]) => {
        const mean = tf.div(dy, logits.shape[0]);
        const perRow = weights ? tf.mul(tf.expandDims(weights, 1), mean) : mean;
        return isRecording() ? tf.mul(tf.sub(tf.softmax(logits), oneHot), perRow) : tf.mul(gradient, perRow);
      },
    };
  });
  return loss(logits) as tf.Scalar;
}

function stock(logits: tf.Tensor2D, oneHot: tf.Tensor2D, weights?: tf.Tensor1D): tf.Scalar {
  if (!weights) return tf.losses.softmaxCrossEntropy(oneHot, logits) as tf.Scalar;
  // Its own weighted mean divides by the sum of the weights, which differs from batch to batch.
  return tf.tidy(() => tf.mean(tf.losses.softmaxCrossEntropy(oneHot, logits, weights, 0, tf.Reduction.NONE)));
}
