/** One step of gradient descent with Nesterov's momentum as one operation. */
import { tf } from "../tf";
import { attribute, T_FLOAT32 } from "./execute";
import { TrainedVariables } from "./trained-variable";

const ATTRIBUTES = [T_FLOAT32, attribute.bool("use_nesterov", true)];

export class NativeMomentum {
  private readonly variables = new TrainedVariables(1);
  private readonly momentum: tf.Scalar;

  constructor(momentum: number) {
    this.momentum = tf.keep(tf.scalar(momentum));
  }

  /** Makes what a variable's steps need, before the first. */
  meet(variable: tf.Variable): void {
    this.variables.of(variable);
  }

  /** `v ← momentum · v + g`, `x ← x − rate · (g + momentum · v)`. All are borrowed.
   * @throws Where this TensorFlow lacks the operation. */
  update(variable: tf.Variable, gradient: tf.Tensor, rate: tf.Scalar): void {
    this.variables.of(variable).apply("ResourceApplyMomentum", ATTRIBUTES, [rate, gradient, this.momentum]);
  }

  dispose(): void {
    this.momentum.dispose();
    this.variables.dispose();
  }
}
