/** A variable of TensorFlow's own, which its training operations change in place. TensorFlow.js has none.
 *
 * Single operations know it by its handle. A compiled program keeps variables of its own: while it runs again and
 * again, the value stays with it, and it comes back when somebody else wants it. */
import { backendNow } from "./backend";
import { attribute, DTYPE_FLOAT32, execute, executeOne } from "./native/execute";
import { tf } from "./tf";

/** The name by which TensorFlow makes a new variable each time, instead of finding one that was made before. */
const ANONYMOUS = attribute.string("shared_name", "cd2c89b7-88b7-44c8-ad83-06c2a9158347");

/** Where values are while single operations can't reach them. */
export interface Home {
  /** Writes back all values that are there. */
  giveBack(): void;
  /** Forgets them. */
  drop(): void;
}

const known = new WeakMap<object, Resource>();

/** The resource that a tensor is the handle of. */
export function resourceOf({ dataId }: tf.TensorInfo): Resource | undefined {
  return known.get(dataId);
}

export class Resource {
  /** Where the value is; undefined where single operations reach it. */
  home?: Home;
  private readonly handle: tf.Tensor;

  /** Without a value until it is written. */
  constructor(readonly shape: readonly number[]) {
    const attributes = [DTYPE_FLOAT32, attribute.shape("shape", [...shape]), ANONYMOUS];
    this.handle = tf.keep(executeOne("VarHandleOp", attributes, [])); // which TensorFlow.js takes for a string
    known.set(this.handle.dataId, this);
  }

  /** The handle, for single operations; borrowed. */
  use(): tf.Tensor {
    this.home?.giveBack();
    return this.handle;
  }

  write(value: tf.TensorInfo): void {
    execute("AssignVariableOp", [DTYPE_FLOAT32], [this.use(), value], 0);
  }

  /** Takes back the value from its home. No part of the work at hand, so no recording sees it. */
  comeBack(value: tf.Tensor): void {
    this.home = undefined;
    const backend = backendNow();
    const ids = backend.getInputTensorIds([this.handle, value]);
    backend.binding.executeOp("AssignVariableOp", [DTYPE_FLOAT32], ids, 0);
  }

  /** The surrounding `tf.tidy` owns it. */
  read(): tf.Tensor {
    return executeOne("ReadVariableOp", [DTYPE_FLOAT32], [this.use()]);
  }

  dispose(): void {
    this.home?.drop();
    execute("DestroyResourceOp", [attribute.bool("ignore_lookup_error", true)], [this.handle], 0);
    this.handle.dispose();
  }
}
