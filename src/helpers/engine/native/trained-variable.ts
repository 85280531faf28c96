/** Letting TensorFlow's own training operations change a `tf.Variable`, one operation for a step of an optimiser.
 *
 * They work on resource variables, which TensorFlow.js doesn't have: one mirrors the variable, others remember
 * what the optimiser wants to. */
import { tf } from "../tf";
import { attribute, execute, executeOne, FLOAT32, type Attribute } from "./execute";

const DTYPE = attribute.type("dtype", FLOAT32);
/** The name by which TensorFlow makes a new variable each time, instead of finding one that was made before. */
const ANONYMOUS = attribute.string("shared_name", "cd2c89b7-88b7-44c8-ad83-06c2a9158347");

export class TrainedVariable {
  private readonly mirror: tf.Tensor;
  private readonly slots: tf.Tensor[] = [];
  /** What the mirror holds: the data of the variable, unless somebody else changed the variable since. */
  private mirrored?: object;

  /** @param slots How many tensors the optimiser remembers; each starts as zeros. */
  constructor(
    private readonly variable: tf.Variable,
    slots: number,
  ) {
    this.mirror = resource(variable.shape);
    for (let slot = 0; slot < slots; slot++) {
      this.slots.push(resource(variable.shape));
      tf.tidy(() => write(this.slots[slot], tf.zerosLike(variable)));
    }
  }

  /** Runs a training operation, whose first inputs are the variable and the slots.
   * @param inputs What comes after them; borrowed.
   * @param shrink What the variable is multiplied by before; 1 for nothing. */
  apply(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
    { shrink = 1 } = {},
  ): void {
    const { variable, mirror, slots } = this;
    if (shrink !== 1) tf.tidy(() => write(mirror, tf.mul(variable, shrink)));
    else if (this.mirrored !== variable.dataId) write(mirror, variable);
    execute(op, attributes, [mirror, ...slots, ...inputs], 0);
    const moved = executeOne("ReadVariableOp", [DTYPE], [mirror]);
    variable.assign(moved);
    moved.dispose();
    this.mirrored = variable.dataId;
  }

  dispose(): void {
    for (const handle of [this.mirror, ...this.slots]) {
      execute("DestroyResourceOp", [attribute.bool("ignore_lookup_error", true)], [handle], 0);
      handle.dispose();
    }
  }
}

/** The handle of a new resource variable. TensorFlow.js takes it for a string. */
function resource(shape: number[]): tf.Tensor {
  return tf.keep(executeOne("VarHandleOp", [DTYPE, attribute.shape("shape", shape), ANONYMOUS], []));
}

function write(handle: tf.Tensor, value: tf.Tensor): void {
  execute("AssignVariableOp", [DTYPE], [handle, value], 0);
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

/** A scalar that is made again only when its value changes: many variables train at the same rate. */
export class ReusedScalar {
  private value?: number;
  private tensor?: tf.Scalar;

  /** The reused scalar owns what it returns. */
  of(value: number): tf.Scalar {
    if (!this.tensor || this.value !== value) {
      this.tensor?.dispose();
      this.tensor = tf.keep(tf.scalar(value));
      this.value = value;
    }
    return this.tensor;
  }

  dispose(): void {
    this.tensor?.dispose();
    this.tensor = undefined;
  }
}
