/** One step of gradient descent with Nesterov's momentum as one operation. */
import type { tf } from "../tf";
import { attribute, T_FLOAT32 } from "./execute";
import { ReusedScalar, TrainedVariables } from "./trained-variable";

const ATTRIBUTES = [T_FLOAT32, attribute.bool("use_nesterov", true)];

export class NativeMomentum {
  private readonly variables = new TrainedVariables(1);
  private readonly rate = new ReusedScalar();
  private readonly momentum = new ReusedScalar();

  /** `v ← momentum · v + g`, `x ← x − rate · (g + momentum · v)`.
   * @throws Where this TensorFlow lacks the operation. */
  update(variable: tf.Variable, gradient: tf.Tensor, rate: number, momentum: number): void {
    const inputs = [this.rate.of(rate), gradient, this.momentum.of(momentum)];
    this.variables.of(variable).apply("ResourceApplyMomentum", ATTRIBUTES, inputs);
  }

  dispose(): void {
    this.rate.dispose();
    this.momentum.dispose();
    this.variables.dispose();
  }
}
