import { tf } from "../tf";
import { attribute, execute, FLOAT32, T_FLOAT32 } from "./execute";
import { isRecording, nativeOrStock } from "./switch";

/** What batch normalisation trains by, each `[channels]`. */
export interface BatchNorm {
  gamma: tf.Tensor;
  beta: tf.Tensor;
  movingMean: tf.Tensor;
  /** Biased, as TensorFlow.js keeps it. */
  movingVariance: tf.Tensor;
  /** How much of the moving statistics stays, 0…1. */
  momentum: number;
  epsilon: number;
}

/** What batch normalisation in training mode computes. The surrounding `tf.tidy` owns the tensors. */
export interface Normalised {
  /** The shape of the input. */
  output: tf.Tensor;
  /** `[channels]`: the statistics of the batch mixed into those that were. */
  movingMean: tf.Tensor;
  movingVariance: tf.Tensor;
}

/** Batch normalisation over all axes but the last, with the statistics of the batch itself:
 * `γ · (x − mean) / √(variance + ε) + β`. Differentiable in `x`, `gamma` and `beta`, but not through the moving
 * statistics.
 *
 * One TensorFlow operation forward and one backward for float images `[batch, height, width, channels]`;
 * stock operations otherwise.
 *
 * @param x `[…, channels]`; borrowed.
 * @see Ioffe and Szegedy (2015), Batch Normalization. */
export function batchNormInTraining(x: tf.Tensor, norm: BatchNorm): Normalised {
  if (x.rank !== 4 || x.dtype !== "float32" || x.size === 0) return stock(x, norm);
  return nativeOrStock(
    "batch norm",
    () => native(x as tf.Tensor4D, norm),
    () => stock(x, norm),
  );
}

function native(x: tf.Tensor4D, norm: BatchNorm): Normalised {
  const attributes = [
    T_FLOAT32,
    attribute.type("U", FLOAT32),
    attribute.float("epsilon", norm.epsilon),
    attribute.string("data_format", "NHWC"),
    attribute.bool("is_training", true),
  ];
  const fresh = 1 - norm.momentum;
  const n = x.size / x.shape[3];
  // TensorFlow mixes in the unbiased variance: n / (n − 1) times ours, there and back.
  const bias = n / Math.max(1, n - 1);
  let movingMean!: tf.Tensor;
  let movingVariance!: tf.Tensor;
  const normalise = tf.customGrad((...args) => {
    const [x, gamma, beta] = args as tf.Tensor[];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const none = (): tf.Tensor => tf.tensor1d([]); // what it wants where it forgets all that was
    const before = fresh === 1 ? [none(), none()] : [norm.movingMean, tf.mul(norm.movingVariance, bias)];
    const [y, mean, unbiased, ...reserved] = execute(
      "FusedBatchNormV3",
      [...attributes, attribute.float("exponential_avg_factor", fresh)],
      [x, gamma, beta, ...before],
      6, // y, mean, unbiased variance, three of reserve space for the gradient
    );
    movingMean = tf.keep(mean);
    movingVariance = tf.keep(tf.mul(unbiased, 1 / bias));
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
  const output = normalise(x, norm.gamma, norm.beta);
  // Kept past customGrad's own scope; handed to the caller's tidy now.
  return { output, movingMean: adopt(movingMean), movingVariance: adopt(movingVariance) };
}

/** Gives a kept tensor to the surrounding tidy. */
function adopt(kept: tf.Tensor): tf.Tensor {
  const copy = tf.clone(kept);
  kept.dispose();
  return copy;
}

function stock(x: tf.Tensor, { gamma, beta, epsilon, ...moving }: BatchNorm): Normalised {
  const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
  const { mean, variance } = tf.moments(x, axes);
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
  const mixed = (before: tf.Tensor, now: tf.Tensor): tf.Tensor =>
    tf.add(tf.mul(before, moving.momentum), tf.mul(now, 1 - moving.momentum));
  return {
    output: tf.add(tf.mul(tf.sub(x, mean), scale), beta),
    movingMean: mixed(moving.movingMean, mean),
    movingVariance: mixed(moving.movingVariance, variance),
  };
}
