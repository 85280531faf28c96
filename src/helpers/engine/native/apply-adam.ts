/** One step of Adam as one operation. */
import { tf } from "../tf";
import { T_FLOAT32 } from "./execute";
import { TrainedVariables } from "./trained-variable";

export interface AdamStep {
  /** The learning rate, corrected for the bias of the first steps. */
  rate: tf.Scalar;
  /** Added to the root of the mean square. */
  epsilon: tf.Scalar;
  /** What the variable is multiplied by before. */
  shrink?: tf.Scalar;
}

export class NativeAdam {
  private readonly variables = new TrainedVariables(2);
  private readonly constants: tf.Scalar[];

  constructor(beta1: number, beta2: number) {
    // Powers of zero tell it that there is no bias left to correct: the rate has been.
    this.constants = [0, beta1, beta2].map((value) => tf.keep(tf.scalar(value)));
  }

  /** Makes what a variable's steps need, before the first. */
  meet(variable: tf.Variable): void {
    this.variables.of(variable);
  }

  /** `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `x ← shrink · x − rate · m / (√v + ε)`. All are borrowed.
   * @throws Where this TensorFlow lacks the operation. */
  update(variable: tf.Variable, gradient: tf.Tensor, { rate, epsilon, shrink }: AdamStep): void {
    const [none, beta1, beta2] = this.constants;
    const inputs = [none, none, rate, beta1, beta2, epsilon, gradient];
    this.variables.of(variable).apply("ResourceApplyAdam", [T_FLOAT32], inputs, { shrink });
  }

  dispose(): void {
    tf.dispose(this.constants);
    this.variables.dispose();
  }
}
