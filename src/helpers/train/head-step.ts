/** The softmax regression behind Option 1: full-batch steps of a dense layer on features that stay as they are. */
import { Replays, softmaxCrossEntropy, tf } from "../engine";
import { dealOut, scalarsOf, type Optimizer } from "./optimizer";

export interface HeadProblem {
  /** `[examples, features]`. */
  x: tf.Tensor2D;
  /** `[examples, classes]`, one-hot. */
  y: tf.Tensor2D;
  /** `[examples]`, the same as numbers. */
  labels: tf.Tensor1D;
  /** `[examples]`. */
  weights?: tf.Tensor1D;
  /** `[features, classes]`; each step moves it. */
  kernel: tf.Variable;
  /** `[classes]`; each step moves it. */
  bias: tf.Variable;
}

export class HeadStep {
  private readonly replays: Replays;

  /** @param problem Borrowed.
   * @param optimizer Borrowed. */
  constructor(
    private readonly problem: HeadProblem,
    private readonly optimizer: Optimizer,
  ) {
    this.replays = new Replays([problem.kernel, problem.bias]);
  }

  /** Moves kernel and bias once against the gradient of the mean cross-entropy.
   * @returns `[2]`: the loss, and the share of examples named rightly, before the move; the caller disposes it. */
  run({ learningRate, weightDecay }: { learningRate: number; weightDecay: number }): tf.Tensor1D {
    const { x, y, labels, weights, kernel, bias } = this.problem;
    const data = weights ? [x, y, labels, weights] : [x, y, labels];
    return tf.tidy(() => {
      const numbers = scalarsOf([
        this.optimizer.numbers(kernel, { learningRate, weightDecay }),
        this.optimizer.numbers(bias, { learningRate, weightDecay: 0 }),
      ]);
      const work = (inputs: readonly tf.Tensor[]): { outcome: tf.Tensor } => {
        const found = gradientsOf(this.problem);
        const [ofKernel, ofBias] = dealOut(inputs.slice(data.length), numbers.key);
        this.optimizer.update(kernel, found.kernel, ofKernel);
        this.optimizer.update(bias, found.bias, ofBias);
        return { outcome: found.outcome };
      };
      const { outcome } = this.replays.of(numbers.key, work).run([...data, ...numbers.all]);
      return outcome as tf.Tensor1D;
    });
  }
}

/** `xᵀ · ∂L/∂logits`, the sum of `∂L/∂logits` over the examples, and the outcome: loss and accuracy. */
function gradientsOf({ x, y, labels, weights, kernel, bias }: HeadProblem): Record<string, tf.Tensor> {
  const logits = tf.add(tf.matMul(x, kernel as unknown as tf.Tensor2D), bias) as tf.Tensor2D;
  const lossOf = (z: tf.Tensor): tf.Scalar => softmaxCrossEntropy(z as tf.Tensor2D, y, weights);
  const { value, grad } = tf.valueAndGrad(lossOf)(logits);
  const right = tf.mean(tf.equal(tf.argMax(logits, 1), labels).toFloat());
  return {
    kernel: tf.transpose(tf.matMul(grad as tf.Tensor2D, x, true, false)), // a quarter faster than xᵀ · gradient
    bias: tf.sum(grad, 0),
    outcome: tf.stack([value, right]),
  };
}

/** The losses and accuracies of several steps, read from the device in one go; disposes what the steps gave. */
export async function readSteps(steps: tf.Tensor1D[]): Promise<{ loss: number; accuracy: number }[]> {
  const all = tf.concat(steps);
  tf.dispose(steps);
  const values = await all.data();
  all.dispose();
  return steps.map((_, i) => ({ loss: values[2 * i], accuracy: values[2 * i + 1] }));
}
