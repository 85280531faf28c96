/** The two optimisers. Each takes one variable at a time, so that what is frozen may change between steps. */
import { NativeAdam, NativeMomentum, nativeOrStock, tf, type AdamStep } from "../engine";

export interface Rates {
  learningRate: number;
  /** 0 for parameters that don't decay. */
  weightDecay: number;
}

/** The numbers of a variable's next move, which change from step to step; where one is undefined, nothing is done
 * with it. */
export type Numbers = readonly (number | undefined)[];

export interface Optimizer {
  /** The numbers of a variable's next move. Each call counts as a move. */
  numbers(variable: tf.Variable, rates: Rates): Numbers;
  /** Moves one variable against its gradient, by its numbers as scalars; all are borrowed. */
  update(variable: tf.Variable, gradient: tf.Tensor, numbers: readonly (tf.Scalar | undefined)[]): void;
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
  const native = new NativeMomentum(momentum);
  const what = "momentum";
  const stockStep = (variable: tf.Variable, pull: tf.Tensor, rate: tf.Scalar): void => {
    const velocity = tf.add(tf.mul(memory.read(variable)[0], momentum), pull);
    const step = tf.add(pull, tf.mul(velocity, momentum));
    memory.write(variable, [velocity]);
    variable.assign(tf.sub(variable, tf.mul(step, rate)));
  };
  return {
    numbers(variable, { learningRate, weightDecay }) {
      nativeOrStock(what, () => native.meet(variable), nothing);
      return [learningRate, weightDecay > 0 ? weightDecay : undefined];
    },
    update: (variable, gradient, [rate, decay]) =>
      tf.tidy(() => {
        const pull = decay ? tf.add(gradient, tf.mul(variable, decay)) : gradient;
        nativeOrStock(
          what,
          () => native.update(variable, pull, rate!),
          () => stockStep(variable, pull, rate!),
        );
      }),
    dispose() {
      memory.dispose();
      native.dispose();
    },
  };
}

const nothing = (): void => undefined;

/** Adam with decoupled weight decay.
 * @see Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization. */
export function adamw({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = {}): Optimizer {
  const memory = new Memory(2);
  const native = new NativeAdam(beta1, beta2);
  const what = "Adam";
  const steps = new Map<tf.Variable, number>();
  const stockStep = (variable: tf.Variable, gradient: tf.Tensor, step: AdamStep): void => {
    const [oldMean, oldSquare] = memory.read(variable);
    const mean = tf.add(tf.mul(oldMean, beta1), tf.mul(gradient, 1 - beta1));
    const square = tf.add(tf.mul(oldSquare, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    memory.write(variable, [mean, square]);
    const move = tf.div(mean, tf.add(tf.sqrt(square), step.epsilon));
    const shrunk = step.shrink ? tf.mul(variable, step.shrink) : variable;
    variable.assign(tf.sub(shrunk, tf.mul(move, step.rate)));
  };
  return {
    numbers(variable, { learningRate, weightDecay }) {
      nativeOrStock(what, () => native.meet(variable), nothing);
      const t = (steps.get(variable) ?? 0) + 1;
      steps.set(variable, t);
      const correction = Math.sqrt(1 - beta2 ** t);
      const rate = (learningRate * correction) / (1 - beta1 ** t);
      const decay = learningRate * weightDecay;
      return [rate, epsilon * correction, decay > 0 ? 1 - decay : undefined];
    },
    update: (variable, gradient, [rate, epsilon, shrink]) =>
      tf.tidy(() => {
        const step = { rate: rate!, epsilon: epsilon!, shrink };
        nativeOrStock(
          what,
          () => native.update(variable, gradient, step),
          () => stockStep(variable, gradient, step),
        );
      }),
    dispose() {
      memory.dispose();
      native.dispose();
    },
  };
}

/** The numbers of several variables' moves as scalars, each number once. */
export interface Scalars {
  /** The surrounding `tf.tidy` owns them. */
  all: tf.Scalar[];
  /** Says which number of which variable is which scalar; for moves with the same key {@link dealOut} deals alike. */
  key: string;
}

export function scalarsOf(numbers: readonly Numbers[]): Scalars {
  const values = new Map<number, number>();
  const place = (value: number): number => {
    if (!values.has(value)) values.set(value, values.size);
    return values.get(value)!;
  };
  const places = numbers.map((list) => list.map((value) => (value === undefined ? null : place(value))));
  return { all: [...values.keys()].map((value) => tf.scalar(value)), key: JSON.stringify(places) };
}

/** Gives each variable its numbers. */
export function dealOut(scalars: readonly tf.Tensor[], key: string): (tf.Scalar | undefined)[][] {
  const places = JSON.parse(key) as (number | null)[][];
  return places.map((list) =>
    list.map((place) => (place === null ? undefined : (scalars[place] as tf.Scalar))),
  );
}
