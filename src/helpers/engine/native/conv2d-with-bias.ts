/** A convolution and its bias in one operation of oneDNN, where stock reads and writes all its sums once more to
 * add the bias. The same caution holds as for its pooling: it gets what it was seen to be right with. */
import { tf } from "../tf";
import { attribute, executeOne, T_FLOAT32 } from "./execute";
import { nativeOrStock, usesNative } from "./switch";

const NAME = "NativeConv2DWithBias";

interface Attributes {
  strides: [number, number];
  pad: "same" | "valid";
}

/** `x ∗ kernel + bias`, channels last. Differentiable; a gradient is computed only where it is asked for.
 * @param x `[batch, height, width, channels]`; borrowed.
 * @param kernel `[height, width, channels, filters]`; borrowed.
 * @param bias `[filters]`; borrowed. */
export function conv2dWithBias(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D,
  strides: [number, number],
  pad: "same" | "valid",
): tf.Tensor4D {
  const stock = (): tf.Tensor4D => tf.add(tf.conv2d(x, kernel, strides, pad), bias);
  if (!fits(x, kernel, bias)) return stock();
  const attrs = { strides, pad };
  const native = () => tf.engine().runKernel<tf.Tensor4D>(NAME, { x, filter: kernel, bias }, attrs);
  return nativeOrStock("convolution with bias", native, stock);
}

function fits(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): boolean {
  return (
    process.arch === "x64" &&
    process.env.TF_ENABLE_ONEDNN_OPTS !== "0" &&
    usesNative() &&
    [x, kernel, bias].every(({ dtype, size }) => dtype === "float32" && size > 0) &&
    x.shape[3] === kernel.shape[2] &&
    bias.rank === 1 &&
    bias.size === kernel.shape[3]
  );
}

if (!tf.getKernel(NAME, "tensorflow")) {
  tf.registerKernel({
    kernelName: NAME,
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs }) => {
      const { strides, pad } = attrs as unknown as Attributes;
      const attributes = [
        T_FLOAT32,
        attribute.int("strides", [1, ...strides, 1]),
        attribute.string("padding", pad.toUpperCase()),
        attribute.string("data_format", "NHWC"),
        attribute.int("dilations", [1, 1, 1, 1]),
        attribute.string("_kernel", "MklNameChangeOp"),
      ];
      return executeOne("_MklNativeConv2DWithBias", attributes, [inputs.x!, inputs.filter!, inputs.bias!]);
    },
  });
  tf.registerGradient({
    kernelName: NAME,
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, saved, attrs) => {
      const [x, filter] = saved as tf.Tensor4D[];
      const convolution = tf.getGradient("Conv2D").gradFunc(dy, [x, filter], {
        ...attrs,
        dilations: [1, 1],
        dataFormat: "NHWC",
      });
      return { ...convolution, bias: () => tf.sum(dy as tf.Tensor4D, [0, 1, 2]) };
    },
  });
}
