/** Replacing the gradient of one of TensorFlow.js's kernels. */
import { tf } from "../tf";
import { isRecording, nativeOrStock } from "./switch";

interface Replacement {
  /** The names of the inputs that the gradient reads. */
  inputs?: string[];
  /** Whether it reads the output, which comes after the inputs. */
  output?: boolean;
  /** Whether it can take these tensors; true where it is left out. */
  fits?: (saved: tf.Tensor[], attrs: tf.NamedAttrMap | undefined) => boolean;
  /** The native gradients, by input. */
  gradient: (dy: tf.Tensor, saved: tf.Tensor[], attrs: tf.NamedAttrMap) => Record<string, () => tf.Tensor>;
  /** What the stock gradient reads, made of what is saved here; the same where it is left out. */
  forStock?: (saved: tf.Tensor[]) => tf.Tensor[];
}

/** Puts a native gradient in the place of a kernel's stock gradient, which stays the way out: where native
 * operations are off or missing, where the tensors don't fit, and where a gradient of the gradient is taken. */
export function replaceGradient(
  kernelName: string,
  { inputs = [], output = false, fits = () => true, gradient, forStock = (saved) => saved }: Replacement,
): void {
  const stock = tf.getGradient(kernelName);
  if (!stock?.gradFunc || "isNative" in stock) return; // a second copy of the package replaced it
  const stockGradient = (dy: tf.Tensor, saved: tf.Tensor[], attrs: tf.NamedAttrMap) =>
    stock.gradFunc(dy, forStock(saved), attrs);
  tf.unregisterGradient(kernelName);
  const replacement = {
    kernelName,
    isNative: true,
    inputsToSave: inputs,
    outputsToSave: output ? [true] : [],
    gradFunc: (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[], attrs: tf.NamedAttrMap) => {
      const single = dy as tf.Tensor;
      if (isRecording() || !saved.every(isFloat) || !fits(saved, attrs))
        return stockGradient(single, saved, attrs);
      const native = gradient(single, saved, attrs);
      // Each input's gradient is computed only where it is asked for; so is the decision.
      return Object.fromEntries(
        Object.entries(native).map(([input, compute]) => [
          input,
          () =>
            nativeOrStock(`${kernelName}'s gradient of ${input}`, compute, () =>
              stockGradient(single, saved, attrs)[input](),
            ),
        ]),
      );
    },
  };
  tf.registerGradient(replacement);
}

function isFloat(tensor: tf.Tensor): boolean {
  return tensor.dtype === "float32";
}
