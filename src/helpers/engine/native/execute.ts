/** Running single operations of TensorFlow that TensorFlow.js composes of many, or doesn't reach at all. */
import { backendNow, type Attribute } from "../backend";
import type { tf } from "../tf";

/** Attributes by their type; the codes are those of TensorFlow's C interface. */
export const attribute = {
  string: (name: string, value: string): Attribute => ({ name, type: 0, value }),
  int: (name: string, value: number | number[]): Attribute => ({ name, type: 1, value }),
  float: (name: string, value: number): Attribute => ({ name, type: 2, value }),
  bool: (name: string, value: boolean): Attribute => ({ name, type: 3, value }),
  type: (name: string, value: number): Attribute => ({ name, type: 4, value }),
  shape: (name: string, value: number[]): Attribute => ({ name, type: 5, value }),
};

export const FLOAT32 = 1;
export const T_FLOAT32 = attribute.type("T", FLOAT32);
export const DTYPE_FLOAT32 = attribute.type("dtype", FLOAT32);

/** Runs one operation. The inputs are borrowed; the outputs belong to the surrounding `tf.tidy`, and no gradient
 * flows through it: it is for the inside of kernels and gradients. */
export function execute(
  op: string,
  attributes: readonly Attribute[],
  inputs: readonly tf.TensorInfo[],
  outputs: number,
): tf.Tensor[] {
  return backendNow().executeMultipleOutputs(op, attributes, inputs, outputs);
}

/** Runs one operation with one output, as {@link execute} does. */
export function executeOne(
  op: string,
  attributes: readonly Attribute[],
  inputs: readonly tf.TensorInfo[],
): tf.Tensor {
  return execute(op, attributes, inputs, 1)[0];
}
