/** A variable of TensorFlow's own, which its training operations change in place. TensorFlow.js has none.
 *
 * Single operations know it by its handle. A compiled program keeps variables of its own: while it runs again and
 * again, the value stays with it, and it comes back when somebody else wants it. */
import { attribute, execute, executeOne, FLOAT32, type Attribute } from "./native/execute";
import { tf } from "./tf";

const DTYPE = attribute.type("dtype", FLOAT32);
/** The name by which TensorFlow makes a new variable each time, instead of finding one that was made before. */
const ANONYMOUS = attribute.string("shared_name", "cd2c89b7-88b7-44c8-ad83-06c2a9158347");

/** Where values are while single operations can't reach them. */
export interface Home {
  /** Writes back all values that are there. */
  giveBack(): void;
  /** Forgets them. */
  drop(): void;
}

/** The part of TensorFlow.js's backend that this file works by. */
interface Backend {
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  binding: {
    executeOp(name: string, attributes: readonly Attribute[], ids: number[], outputs: number): void;
  };
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
    const attributes = [DTYPE, attribute.shape("shape", [...shape]), ANONYMOUS];
    this.handle = tf.keep(executeOne("VarHandleOp", attributes, [])); // which TensorFlow.js takes for a string
    known.set(this.handle.dataId, this);
  }

  /** The handle, for single operations; borrowed. */
  use(): tf.Tensor {
    this.home?.giveBack();
    return this.handle;
  }

  write(value: tf.TensorInfo): void {
    execute("AssignVariableOp", [DTYPE], [this.use(), value], 0);
  }

  /** Takes back the value from its home. No part of the work at hand, so no recording sees it. */
  comeBack(value: tf.Tensor): void {
    this.home = undefined;
    const { binding, getInputTensorIds } = tf.backend() as unknown as Backend;
    const ids = getInputTensorIds.call(tf.backend(), [this.handle, value]);
    binding.executeOp("AssignVariableOp", [DTYPE], ids, 0);
  }

  /** The surrounding `tf.tidy` owns it. */
  read(): tf.Tensor {
    return executeOne("ReadVariableOp", [DTYPE], [this.use()]);
  }

  dispose(): void {
    this.home?.drop();
    execute("DestroyResourceOp", [attribute.bool("ignore_lookup_error", true)], [this.handle], 0);
    this.handle.dispose();
  }
}
