/** For tests of native operations: are they used, and do they give what the stock ones give? */
import assert from "node:assert/strict";
import { tf } from "../../../../src/helpers/engine";
import { assertClose, withoutLeaks } from "../../tiny";

/** A scalar function of tensors. */
export type ScalarFunction = (...xs: tf.Tensor[]) => tf.Scalar;

/** Does some work with native operations off. */
export async function withStock<T>(work: () => Promise<T> | T): Promise<T> {
  process.env.TRANSFER_LAB_NATIVE = "off";
  try {
    return await work();
  } finally {
    delete process.env.TRANSFER_LAB_NATIVE;
  }
}

/** The TensorFlow operations that some work runs, in their order. */
export function operationsOf(work: () => void): string[] {
  const backend = tf.backend() as unknown as Record<string, (...args: unknown[]) => unknown>;
  const operations: string[] = [];
  const names = ["executeSingleOutput", "executeMultipleOutputs"];
  for (const name of names) {
    const stock = Object.getPrototypeOf(backend)[name] as (...args: unknown[]) => unknown;
    backend[name] = function (...args) {
      operations.push(args[0] as string);
      return stock.apply(this, args);
    };
  }
  try {
    work();
  } finally {
    for (const name of names) delete backend[name];
  }
  return operations;
}

/** The value and the gradients of a scalar function, as arrays. */
export async function valueAndGradients(f: ScalarFunction, xs: tf.Tensor[]): Promise<Float32Array[]> {
  const { value, grads } = tf.valueAndGrads(f)(xs);
  const all = await Promise.all([value, ...grads].map((t) => t.data() as Promise<Float32Array>));
  tf.dispose([value, ...grads]);
  return all;
}

/** Central differences of a scalar function at a few places of one of its arguments. */
export function finiteDifferences(
  f: ScalarFunction,
  xs: tf.Tensor[],
  argument: number,
  places: number[],
  step = 1e-2,
): number[] {
  const values = xs[argument].dataSync();
  const at = (place: number, shift: number): number =>
    tf.tidy(() => {
      const moved = tf.tensor(
        values.map((v, i) => (i === place ? v + shift : v)),
        xs[argument].shape,
      );
      return f(...xs.map((x, i) => (i === argument ? moved : x))).dataSync()[0];
    });
  return places.map((place) => (at(place, step) - at(place, -step)) / (2 * step));
}

export interface Case {
  f: ScalarFunction;
  xs: () => tf.Tensor[];
  /** Operations that must be among those that run natively, and none of which runs stock. */
  operations: string[];
  tolerance?: number;
  /** How far finite differences may be off; left out where the function has kinks. */
  differences?: number;
}

/** Fails where the native value and gradients are not those of the stock operations or of finite differences,
 * where the operations aren't used, or where tensors leak. */
export function checkCase({ f, xs, operations, tolerance = 2e-4, differences = 2e-2 }: Case): Promise<void> {
  return withoutLeaks(async () => {
    const inputs = xs();
    const run = (): void => tf.tidy(() => void tf.valueAndGrads(f)(inputs));
    const ran = operationsOf(run);
    for (const operation of operations) assert.ok(ran.includes(operation), `${operation} of ${ran.join()}`);
    const ranStock = await withStock(() => operationsOf(run));
    for (const operation of operations) assert.ok(!ranStock.includes(operation), `${operation} when off`);
    const native = await valueAndGradients(f, inputs);
    const stock = await withStock(() => valueAndGradients(f, inputs));
    native.forEach((values, i) => assertClose(values, stock[i], tolerance));
    inputs.forEach((input, argument) => {
      const places = [0, 5, 7].map((place) => place % input.size);
      const expected = finiteDifferences(f, inputs, argument, places);
      const actual = places.map((place) => native[argument + 1][place]);
      assertClose(actual, expected, differences);
    });
    tf.dispose(inputs);
  });
}
