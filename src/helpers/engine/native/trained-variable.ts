/** Letting TensorFlow's own training operations change a `tf.Variable`, one operation for a step of an optimiser. */
import type { Attribute } from "../backend";
import { Resource } from "../resource";
import { tf } from "../tf";
import { execute } from "./execute";

export class TrainedVariable {
  /** What the operation changes in the variable's place. */
  private readonly mirror: Resource;
  private readonly slots: Resource[];

  /** @param slots How many tensors the optimiser remembers; each starts as zeros. */
  constructor(
    private readonly variable: tf.Variable,
    slots: number,
  ) {
    this.mirror = new Resource(variable.shape);
    this.slots = Array.from({ length: slots }, () => new Resource(variable.shape));
    for (const slot of this.slots) tf.tidy(() => slot.write(tf.zerosLike(variable)));
  }

  /** Runs a training operation, whose first inputs are the variable and the slots.
   * @param inputs What comes after them; borrowed.
   * @param shrink What the variable is multiplied by before; borrowed. */
  apply(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
    { shrink }: { shrink?: tf.Scalar } = {},
  ): void {
    const { variable, mirror, slots } = this;
    tf.tidy(() => {
      mirror.write(shrink ? tf.mul(variable, shrink) : variable);
      execute(op, attributes, [...[mirror, ...slots].map((resource) => resource.use()), ...inputs], 0);
      variable.assign(mirror.read());
    });
  }

  dispose(): void {
    for (const resource of [this.mirror, ...this.slots]) resource.dispose();
  }
}

/** The trained variables of one optimiser, made when they are first met. */
export class TrainedVariables {
  private readonly known = new Map<tf.Variable, TrainedVariable>();

  /** @param slots How many tensors the optimiser remembers of each variable. */
  constructor(private readonly slots: number) {}

  of(variable: tf.Variable): TrainedVariable {
    let trained = this.known.get(variable);
    if (!trained) {
      trained = new TrainedVariable(variable, this.slots);
      this.known.set(variable, trained);
    }
    return trained;
  }

  dispose(): void {
    for (const trained of this.known.values()) trained.dispose();
    this.known.clear();
  }
}
