/** A product of two matrices as such. Stock has TensorFlow multiply batches of matrices, of which there is one: it
 * sends its threads to work where a single one is done sooner. */
import { attribute, executeOne, T_FLOAT32 } from "./execute";
import { replaceKernel } from "./kernel";

replaceKernel("BatchMatMul", {
  fits: ({ a, b }) => [a, b].every(({ shape, dtype }) => shape.length === 2 && dtype === "float32"),
  kernel: ({ a, b }, { transposeA, transposeB }) => {
    const transpose = [
      attribute.bool("transpose_a", transposeA as boolean),
      attribute.bool("transpose_b", transposeB as boolean),
    ];
    return executeOne("MatMul", [T_FLOAT32, ...transpose], [a, b]);
  },
});
