/** One step of Adam as one operation. */
import type { tf } from "../tf";
import { T_FLOAT32 } from "./execute";
import { ReusedScalar, TrainedVariables } from "./trained-variable";

export interface AdamStep {
  /** The learning rate, corrected for the bias of the first steps. */
  rate: number;
  /** Added to the root of the mean square. */
  epsilon: number;
  /** What the variable is multiplied by before. */
  shrink: number;
}

export class NativeAdam {
  private readonly variables = new TrainedVariables(2);
  private readonly scalars = Array.from({ length: 5 }, () => new ReusedScalar());

  constructor(
    private readonly beta1: number,
    private readonly beta2: number,
  ) {}

  /** `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `x ← shrink · x − rate · m / (√v + ε)`.
   * @throws Where this TensorFlow lacks the operation. */
  update(variable: tf.Variable, gradient: tf.Tensor, { rate, epsilon, shrink }: AdamStep): void {
    const [none, r, b1, b2, e] = [0, rate, this.beta1, this.beta2, epsilon].map((value, i) =>
      this.scalars[i].of(value),
    );
    // Powers of zero tell it that there is no bias left to correct: the rate has been.
    const inputs = [none, none, r, b1, b2, e, gradient];
    this.variables.of(variable).apply("ResourceApplyAdam", [T_FLOAT32], inputs, { shrink });
  }

  dispose(): void {
    for (const scalar of this.scalars) scalar.dispose();
    this.variables.dispose();
  }
}
