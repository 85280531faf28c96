/** Max-pooling whose gradient knows where the maxima were. Stock finds them again, one value after the other: a
 * third of a training step. oneDNN's own operations write them down in a workspace while they pool.
 *
 * TensorFlow doesn't offer these operations to everybody: they are for its graph optimiser and check less. With a
 * gradient or a workspace of another shape they read past the end. So they get what they were seen to be right
 * with, and the gradient gets the very tensors that the pooling left. */
import type { Attribute } from "../backend";
import { tf } from "../tf";
import { attribute, execute, executeOne, T_FLOAT32 } from "./execute";
import { isRecording, nativeOrStock, usesNative, willTakeGradient } from "./switch";

const LABEL = attribute.string("_kernel", "MklNameChangeOp"); // their kernels are registered under this label

interface Pooling {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: "valid" | "same" | number;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** The attributes of the operations; undefined where they are not to be used. */
function attributesOf(x: tf.TensorInfo, pooling: Pooling): Attribute[] | undefined {
  if (process.arch !== "x64" || process.env.TF_ENABLE_ONEDNN_OPTS === "0") return undefined;
  if (x.dtype !== "float32" || x.shape.length !== 4 || x.shape.includes(0)) return undefined;
  const { filterSize, strides, pad, dimRoundingMode } = pooling;
  const shape = x.shape as [number, number, number, number];
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { type } = info.padInfo;
  if (type !== "VALID" && type !== "SAME") return undefined;
  if (info.filterHeight > info.inHeight || info.filterWidth > info.inWidth) return undefined;
  return [
    T_FLOAT32,
    attribute.int("ksize", [1, info.filterHeight, info.filterWidth, 1]),
    attribute.int("strides", [1, info.strideHeight, info.strideWidth, 1]),
    attribute.string("padding", type),
    attribute.string("data_format", "NHWC"),
    attribute.bool("workspace_enabled", true),
    LABEL,
  ];
}

/** A kernel can leave a tensor for its gradient among its inputs: the engine keeps it with the tape, and disposes
 * it with the tape. Where there is no workspace, a clone of the input stands in for it. */
interface Inputs {
  x: tf.Tensor;
  workspace: tf.Tensor;
}

function replaceKernel(): void {
  const stock = tf.getKernel("MaxPool", "tensorflow");
  if (!stock || "isNative" in stock) return; // a second copy of the package replaced it
  const replacement: tf.KernelConfig & { isNative: true } = {
    ...stock,
    isNative: true,
    kernelFunc(params) {
      const inputs = params.inputs as unknown as Inputs;
      if (!willTakeGradient()) return stock.kernelFunc(params);
      inputs.workspace = tf.clone(inputs.x);
      const attributes = usesNative() && attributesOf(inputs.x, params.attrs as unknown as Pooling);
      if (!attributes) return stock.kernelFunc(params);
      const pool = () => {
        const [y, workspace] = execute("_MklNativeMaxPool", attributes, [inputs.x], 2);
        inputs.workspace = workspace;
        return y;
      };
      return nativeOrStock("max-pooling", pool, () => stock.kernelFunc(params) as tf.Tensor);
    },
  };
  tf.unregisterKernel("MaxPool", "tensorflow");
  tf.registerKernel(replacement);
}

function replaceGradient(): void {
  const stock = tf.getGradient("MaxPool");
  if (!stock?.gradFunc || "isNative" in stock) return;
  const replacement: tf.GradConfig & { isNative: true } = {
    kernelName: "MaxPool",
    isNative: true,
    get inputsToSave() {
      return tf.getBackend() === "tensorflow" ? ["x", "workspace"] : ["x"];
    },
    outputsToSave: [true],
    gradFunc(dy, saved, attrs) {
      const [x, workspace, y] = saved.length === 3 ? saved : [saved[0], saved[0], saved[1]];
      const attributes = attributesOf(x, attrs as unknown as Pooling);
      if (!attributes || workspace.dataId === x.dataId || isRecording())
        return stock.gradFunc(dy, [x, y], attrs);
      return { x: () => executeOne("_MklNativeMaxPoolGrad", attributes, [x, y, dy as tf.Tensor, workspace]) };
    },
  };
  tf.unregisterGradient("MaxPool");
  tf.registerGradient(replacement);
}

replaceKernel();
replaceGradient();
