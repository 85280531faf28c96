/** TensorFlow operations that TensorFlow.js composes of many small ones or doesn't reach at all.
 *
 * Each is registered as a kernel of the `tensorflow` backend, so the engine tracks its memory as it does for
 * its own, and each has a fallback where the operation is missing. `TRANSFER_LAB_NATIVE=off` turns all of it
 * off. */
import { tf } from "./tf";

/** The type codes that the addon wants beside each attribute. */
type AttributeType = "TYPE" | "INT" | "STRING" | "FLOAT" | "BOOL" | "SHAPE";
type Attribute = [name: string, type: AttributeType, value: unknown];

interface NativeBackend {
  binding: Record<string, number>;
  executeMultipleOutputs(
    op: string,
    attributes: { name: string; type: number; value: unknown }[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

const FLOAT32 = 1; // TensorFlow's DT_FLOAT

/** Whether the native operations are in use: the backend is TensorFlow's and nobody turned them off. */
export function usesNative(): boolean {
  return process.env.TRANSFER_LAB_NATIVE !== "off" && tf.getBackend() === "tensorflow";
}

/** Runs one TensorFlow operation; the caller is a kernel, and the engine owns what it returns. */
function run(
  backend: unknown,
  op: string,
  attributes: Attribute[],
  inputs: tf.TensorInfo[],
  outputs: number,
): tf.Tensor[] {
  const native = backend as NativeBackend;
  const described = attributes.map(([name, type, value]) => ({
    name,
    type: native.binding[`TF_ATTR_${type}`],
    value,
  }));
  return native.executeMultipleOutputs(op, described, inputs, outputs);
}

function registerNative(
  kernelName: string,
  kernel: (
    inputs: Record<string, tf.TensorInfo>,
    attrs: Record<string, unknown>,
    backend: unknown,
  ) => tf.Tensor[],
): void {
  if (tf.getKernel(kernelName, "tensorflow")) return; // a second copy of the package registered it
  tf.registerKernel({
    kernelName,
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel(inputs as Record<string, tf.TensorInfo>, (attrs ?? {}) as Record<string, unknown>, backend),
  });
}

registerNative("NativeReluGrad", ({ dy, y }, _, backend) =>
  run(backend, "ReluGrad", [["T", "TYPE", FLOAT32]], [dy, y], 1),
);

const batchNormAttributes = (epsilon: unknown): Attribute[] => [
  ["T", "TYPE", FLOAT32],
  ["U", "TYPE", FLOAT32],
  ["epsilon", "FLOAT", epsilon],
  ["data_format", "STRING", "NHWC"],
  ["is_training", "BOOL", true],
];

registerNative("NativeBatchNorm", ({ x, gamma, beta, none }, { epsilon }, backend) =>
  run(
    backend,
    "FusedBatchNormV3",
    [...batchNormAttributes(epsilon), ["exponential_avg_factor", "FLOAT", 1]],
    [x, gamma, beta, none, none],
    6, // y, mean, unbiased variance, three of reserve space for the gradient
  ),
);

registerNative("NativeBatchNormGrad", ({ dy, x, gamma, r1, r2, r3 }, { epsilon }, backend) =>
  run(backend, "FusedBatchNormGradV3", batchNormAttributes(epsilon), [dy, x, gamma, r1, r2, r3], 5).slice(
    0,
    3,
  ),
);

registerNative("NativeSoftmaxCrossEntropy", ({ logits, labels }, _, backend) =>
  run(backend, "SoftmaxCrossEntropyWithLogits", [["T", "TYPE", FLOAT32]], [logits, labels], 2),
);

/** Runs a kernel registered above. Inputs are borrowed, outputs belong to the surrounding `tf.tidy`. */
export function runNative(
  name: "NativeReluGrad" | "NativeBatchNorm" | "NativeBatchNormGrad" | "NativeSoftmaxCrossEntropy",
  inputs: Record<string, tf.Tensor>,
  attrs: Record<string, number> = {},
): tf.Tensor[] {
  const result = tf.engine().runKernel(name, inputs, attrs) as unknown as tf.Tensor | tf.Tensor[];
  return Array.isArray(result) ? result : [result];
}

/** Makes relu's gradient one operation: stock TensorFlow.js composes `dy · step(x)` of five, a quarter of a
 * training step. */
function replaceReluGradient(): void {
  const stock = tf.getGradient("Relu");
  if (!stock?.gradFunc) return;
  tf.unregisterGradient("Relu");
  tf.registerGradient({
    kernelName: "Relu",
    inputsToSave: ["x"],
    gradFunc: (dy, saved, attrs) => {
      const [x] = saved;
      const native = usesNative() && x.dtype === "float32" && !Array.isArray(dy);
      return native
        ? { x: () => runNative("NativeReluGrad", { dy: dy as tf.Tensor, y: x })[0] }
        : stock.gradFunc(dy, saved, attrs);
    },
  });
}

replaceReluGradient();
