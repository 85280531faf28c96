/** What a file of weights comes down to, whichever its format: named tensors. */

export interface FileTensor {
  /** `[]` for a scalar. */
  shape: number[];
  /** Row-major. */
  values: Float32Array;
}

/** The tensors of a file by their names in it, e.g. `"features.0.weight"` or `"layers/conv2d/vars/0"`. */
export type FileTensors = Map<string, FileTensor>;

/** How many values a shape has; infinite where a side is no length. */
export function valuesIn(shape: readonly unknown[]): number {
  return shape.reduce<number>(
    (product, side) =>
      Number.isSafeInteger(side) && (side as number) >= 0 ? product * (side as number) : Infinity,
    1,
  );
}
