/** The two optimisers. Each takes one variable at a time, so that what is frozen may change between steps. */
import { NativeAdam, NativeMomentum, nativeOrStock, tf, type AdamStep } from "../engine";

export interface Rates {
  learningRate: number;
  /** 0 for parameters that don't decay. */
  weightDecay: number;
}

export interface Optimizer {
  /** Moves one variable against its gradient; both are borrowed. */
  update(variable: tf.Variable, gradient: tf.Tensor, rates: Rates): void;
  /** Disposes what it remembers of the variables. */
  dispose(): void;
}

export type OptimizerName = "sgd" | "adamw";

export function makeOptimizer(name: OptimizerName): Optimizer {
  switch (name) {
    case "sgd":
      return sgd();
    case "adamw":
      return adamw();
    default:
      throw new RangeError(`Cannot make the optimiser ${JSON.stringify(name)}: there are "sgd" and "adamw".`);
  }
}

/** Tensors remembered for each variable; a new one starts as zeros. */
class Memory {
  private readonly slots = new Map<tf.Variable, tf.Tensor[]>();

  constructor(private readonly count: number) {}

  read(variable: tf.Variable): tf.Tensor[] {
    return this.slots.get(variable) ?? Array.from({ length: this.count }, () => tf.zerosLike(variable));
  }

  write(variable: tf.Variable, values: tf.Tensor[]): void {
    tf.dispose(this.slots.get(variable) ?? []);
    this.slots.set(variable, values.map(tf.keep));
  }

  dispose(): void {
    for (const values of this.slots.values()) tf.dispose(values);
    this.slots.clear();
  }
}

/** Stochastic gradient descent with Nesterov's momentum; decay is added to the gradient, as in PyTorch.
 * @see Sutskever et al. (2013), On the importance of initialization and momentum in deep learning. */
export function sgd({ momentum = 0.9 } = {}): Optimizer {
  const memory = new Memory(1);
  const native = new NativeMomentum();
  const stockStep = (variable: tf.Variable, pull: tf.Tensor, rate: number): void => {
    const velocity = tf.add(tf.mul(memory.read(variable)[0], momentum), pull);
    const step = tf.add(pull, tf.mul(velocity, momentum));
    memory.write(variable, [velocity]);
    variable.assign(tf.sub(variable, tf.mul(step, rate)));
  };
  return {
    update(variable, gradient, { learningRate, weightDecay }) {
      const step = (pull: tf.Tensor): void =>
        nativeOrStock(
          "momentum",
          () => native.update(variable, pull, learningRate, momentum),
          () => tf.tidy(() => stockStep(variable, pull, learningRate)),
        );
      if (weightDecay > 0) tf.tidy(() => step(tf.add(gradient, tf.mul(variable, weightDecay))));
      else step(gradient);
    },
    dispose() {
      memory.dispose();
      native.dispose();
    },
  };
}

/** Adam with decoupled weight decay.
 * @see Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization. */
export function adamw({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = {}): Optimizer {
  const memory = new Memory(2);
  const native = new NativeAdam(beta1, beta2);
  const steps = new Map<tf.Variable, number>();
  const stockStep = (variable: tf.Variable, gradient: tf.Tensor, step: AdamStep): void => {
    const [oldMean, oldSquare] = memory.read(variable);
    const mean = tf.add(tf.mul(oldMean, beta1), tf.mul(gradient, 1 - beta1));
    const square = tf.add(tf.mul(oldSquare, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    memory.write(variable, [mean, square]);
    const move = tf.div(mean, tf.add(tf.sqrt(square), step.epsilon));
    variable.assign(tf.sub(tf.mul(variable, step.shrink), tf.mul(move, step.rate)));
  };
  return {
    update(variable, gradient, { learningRate, weightDecay }) {
      const t = (steps.get(variable) ?? 0) + 1;
      steps.set(variable, t);
      const correction = Math.sqrt(1 - beta2 ** t);
      const step = {
        rate: (learningRate * correction) / (1 - beta1 ** t),
        epsilon: epsilon * correction,
        shrink: 1 - learningRate * weightDecay,
      };
      nativeOrStock(
        "Adam",
        () => native.update(variable, gradient, step),
        () => tf.tidy(() => stockStep(variable, gradient, step)),
      );
    },
    dispose() {
      memory.dispose();
      native.dispose();
    },
  };
}
