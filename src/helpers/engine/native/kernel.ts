/** Replacing one of TensorFlow.js's kernels. */
import { tf } from "../tf";
import { nativeOrStock } from "./switch";

type Inputs = Record<string, tf.TensorInfo>;

interface Replacement {
  /** Whether the native operation can take these inputs. */
  fits: (inputs: Inputs, attrs: tf.NamedAttrMap) => boolean;
  kernel: (inputs: Inputs, attrs: tf.NamedAttrMap) => tf.TensorInfo;
}

/** Puts a native kernel in the place of a stock one, which stays the way out: where native operations are off or
 * missing, or where the inputs don't fit. */
export function replaceKernel(kernelName: string, { fits, kernel }: Replacement): void {
  const stock = tf.getKernel(kernelName, "tensorflow");
  if (!stock || "isNative" in stock) return; // a second copy of the package replaced it
  const replacement: tf.KernelConfig & { isNative: true } = {
    ...stock,
    isNative: true,
    kernelFunc(params) {
      const inputs = params.inputs as Inputs;
      const attrs = params.attrs ?? {};
      if (!fits(inputs, attrs)) return stock.kernelFunc(params);
      return nativeOrStock(
        `the kernel ${kernelName}`,
        () => kernel(inputs, attrs),
        () => stock.kernelFunc(params) as tf.TensorInfo,
      );
    },
  };
  tf.unregisterKernel(kernelName, "tensorflow");
  tf.registerKernel(replacement);
}
