import { tf } from "../tf";
import { attribute, executeOne, T_FLOAT32 } from "./execute";

const INT32 = 3;

/** Repeats each value of a reduced tensor along the axes that were reduced, in one operation. Stock multiplies by
 * a tensor of ones, which it makes in JavaScript. The surrounding `tf.tidy` owns the result.
 * @param reduced What a reduction over the axes gave, or its gradient.
 * @param shape Before the reduction. */
export function spread(reduced: tf.Tensor, shape: number[], axis: number | number[]): tf.Tensor {
  const kept = [...shape];
  for (const i of tf.util.parseAxisParam(axis, shape)) kept[i] = 1;
  const attributes = [T_FLOAT32, attribute.type("Tidx", INT32)];
  return executeOne("BroadcastTo", attributes, [tf.reshape(reduced, kept), tf.tensor1d(shape, "int32")]);
}

/** Whether a tensor has values to spread over. */
export function hasValues(tensor: tf.Tensor): boolean {
  return tensor.rank > 0 && tensor.size > 0;
}
