import { tf } from "../tf";
import { attribute, execute, FLOAT32, T_FLOAT32 } from "./execute";
import { isRecording, nativeOrStock } from "./switch";

/** What batch normalisation in training mode computes. The surrounding `tf.tidy` owns the tensors. */
export interface Normalised {
  /** The shape of the input. */
  output: tf.Tensor;
  /** `[channels]`. */
  mean: tf.Tensor;
  /** `[channels]`, biased, as TensorFlow.js keeps it. */
  variance: tf.Tensor;
}

/** Batch normalisation over all axes but the last, with the statistics of the batch itself:
 * `γ · (x − mean) / √(variance + ε) + β`. Differentiable in `x`, `gamma` and `beta`, but not through the
 * returned mean and variance.
 *
 * One TensorFlow operation forward and one backward for float images `[batch, height, width, channels]`;
 * stock operations otherwise.
 *
 * @param x `[…, channels]`; borrowed.
 * @param gamma `[channels]`; borrowed.
 * @param beta `[channels]`; borrowed.
 * @see Ioffe and Szegedy (2015), Batch Normalization. */
export function batchNormInTraining(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  epsilon: number,
): Normalised {
  if (x.rank !== 4 || x.dtype !== "float32" || x.size === 0) return stock(x, gamma, beta, epsilon);
  return nativeOrStock(
    "batch norm",
    () => native(x as tf.Tensor4D, gamma, beta, epsilon),
    () => stock(x, gamma, beta, epsilon),
  );
}

function native(x: tf.Tensor4D, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): Normalised {
  const attributes = [
    T_FLOAT32,
    attribute.type("U", FLOAT32),
    attribute.float("epsilon", epsilon),
    attribute.string("data_format", "NHWC"),
    attribute.bool("is_training", true),
  ];
  let mean!: tf.Tensor;
  let variance!: tf.Tensor;
  const normalise = tf.customGrad((...args) => {
    const [x, gamma, beta] = args as tf.Tensor[];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const none = tf.tensor1d([]);
    const [y, batchMean, unbiased, ...reserved] = execute(
      "FusedBatchNormV3",
      [...attributes, attribute.float("exponential_avg_factor", 1)],
      [x, gamma, beta, none, none],
      6, // y, mean, unbiased variance, three of reserve space for the gradient
    );
    const n = x.size / x.shape[3]!;
    mean = tf.keep(batchMean);
    variance = tf.keep(tf.mul(unbiased, (n - 1) / n));
    save([x, gamma, ...reserved]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        if (isRecording())
          throw new Error(
            "Cannot take the gradient of a gradient through batch norm in training; TRANSFER_LAB_NATIVE=off can.",
          );
        return execute("FusedBatchNormGradV3", attributes, [dy, ...saved], 5).slice(0, 3);
      },
    };
  });
  const output = normalise(x, gamma, beta);
  // Kept past customGrad's own scope; handed to the caller's tidy now.
  return { output, mean: adopt(mean), variance: adopt(variance) };
}

/** Gives a kept tensor to the surrounding tidy. */
function adopt(kept: tf.Tensor): tf.Tensor {
  const copy = tf.clone(kept);
  kept.dispose();
  return copy;
}

function stock(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): Normalised {
  const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
  const { mean, variance } = tf.moments(x, axes);
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
  return { output: tf.add(tf.mul(tf.sub(x, mean), scale), beta), mean, variance };
}
