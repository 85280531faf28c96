/** In which order the axes of a weight lie in a file, and how they come into the order of TensorFlow. */
import { tf } from "../../engine";
import { graphOf } from "../graph";
import { roleOf, type Layer, type Weight } from "../layers";
import type { Writer } from "./file-layers";

export interface Layout {
  /** The shape that the file has. */
  shape: number[];
  /** The same values with axes split where the model's order needs it. */
  view: number[];
  /** `transpose(view, axes)` is the model's order. */
  axes: number[];
}

/** How a writer lays out a weight of a layer. PyTorch has the output channels first and the channels before
 * height and width; also where a dense layer follows a flattened image.
 * @throws Error where the layer is of a class whose layout in PyTorch isn't known here. */
export function layoutOf(model: tf.LayersModel, layer: Layer, weight: Weight, writer: Writer): Layout {
  const shape = weight.shape as number[];
  const unchanged = { shape, view: shape, axes: shape.map((_, i) => i) };
  if (writer === "keras" || shape.length < 2) return unchanged;
  switch (layer.getClassName()) {
    case "Conv2D": {
      const [height, width, input, output] = shape;
      const file = [output, input, height, width];
      return { shape: file, view: file, axes: [2, 3, 1, 0] };
    }
    case "DepthwiseConv2D": {
      const [height, width, input, multiplier] = shape;
      const view = [input, multiplier, height, width];
      return { shape: [input * multiplier, 1, height, width], view, axes: [2, 3, 0, 1] };
    }
    case "Dense": {
      const [input, output] = shape;
      const file = [output, input];
      const image = imageBefore(model, layer);
      if (!image) return { shape: file, view: file, axes: [1, 0] };
      const [height, width, channels] = image;
      return { shape: file, view: [output, channels, height, width], axes: [2, 3, 1, 0] };
    }
    default:
      throw new Error(
        `Cannot tell how PyTorch lays out the ${roleOf(weight)} of a ${layer.getClassName()} layer: it is known for Conv2D, DepthwiseConv2D and Dense.`,
      );
  }
}

/** A weight's values in the model's order. The surrounding `tf.tidy` owns the tensor. */
export function toModel(values: Float32Array, { view, axes }: Layout, weight: Weight): tf.Tensor {
  return tf.tidy(() =>
    tf
      .tensor(values, view)
      .transpose(axes)
      .reshape(weight.shape as number[]),
  );
}

/** A weight in a file's order. The surrounding `tf.tidy` owns the tensor. */
export function toFile(value: tf.Tensor, { shape, view, axes }: Layout): tf.Tensor {
  const back = view.map((_, axis) => axes.indexOf(axis));
  return tf.tidy(() =>
    value
      .reshape(axes.map((axis) => view[axis]))
      .transpose(back)
      .reshape(shape),
  );
}

/** Layers that leave the order of values as it is. */
const KEEPS_ORDER = new Set(["Dropout", "Activation", "ReLU", "LeakyReLU", "Softmax"]);

/** The image that was flattened before a dense layer, `[height, width, channels]`. */
function imageBefore(model: tf.LayersModel, dense: Layer): number[] | undefined {
  const graph = graphOf(model);
  let step = graph.find(({ layer }) => layer === dense);
  do step = step && graph[step.inputs[0]];
  while (step && KEEPS_ORDER.has(step.layer.getClassName()));
  if (step?.layer.getClassName() !== "Flatten") return undefined;
  const [node] = step.layer.inboundNodes as unknown as { inputTensors: tf.SymbolicTensor[] }[];
  const [, ...image] = node.inputTensors[0].shape;
  return image.length === 3 ? (image as number[]) : undefined;
}
