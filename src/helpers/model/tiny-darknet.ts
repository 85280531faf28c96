import { tf } from "../engine";
import { classNames } from "./convnet";
import { freshModel } from "./fresh-model";

export interface TinyDarknetOptions {
  /** `[height, width, channels]` of an image, at least 16 px a side; 224×224×3 is the authors'. */
  inputShape?: [number, number, number];
  /** The names of the classes, or how many there are. */
  classes: string[] | number;
  seed: number;
  name?: string;
}

/** The convolutions, each with its channels and the side of its kernels; `"pool"` halves height and width. */
const STEPS: ("pool" | [channels: number, kernelSize: 1 | 3])[] = [
  [16, 3],
  "pool",
  [32, 3],
  "pool",
  [16, 1],
  [128, 3],
  [16, 1],
  [128, 3],
  "pool",
  [32, 1],
  [256, 3],
  [32, 1],
  [256, 3],
  "pool",
  [64, 1],
  [512, 3],
  [64, 1],
  [512, 3],
  [128, 1],
];

/** Tiny Darknet with random parameters: 15 convolutions, each with batch norm and a leaky ReLU, then a 1×1
 * convolution as output layer and the mean over the image. About a million parameters for 1,000 classes.
 *
 * Names and order are those of the converted network that is published for TensorFlow.js. It takes pixels
 * 0…255, which its first layer turns into 0…1, and gives logits.
 *
 * @returns A model that the caller disposes.
 * @throws RangeError where the images are too small or there is no class.
 * @example
 * const net = buildTinyDarknet({ classes: 1000, seed: 1 });
 * await loadWeights(net, "tiny-darknet.safetensors");
 * @see Redmon (2013–2016), Darknet: Open Source Neural Networks in C. */
export function buildTinyDarknet({
  inputShape = [224, 224, 3],
  classes,
  seed,
  name = "tiny-darknet",
}: TinyDarknetOptions): tf.LayersModel {
  const names = classNames(classes, "build a Tiny Darknet");
  const [height, width, channels] = inputShape;
  if (!(height >= 16 && width >= 16 && channels >= 1))
    throw new RangeError(
      `Cannot build a Tiny Darknet: an image is at least 16×16 with one channel. Received: [${inputShape.join(", ")}].`,
    );
  return freshModel(name, layers(inputShape, names.length), { inputShape, classes: names, seed });
}

function layers(inputShape: number[], classes: number): tf.layers.Layer[] {
  let convolutions = 0;
  let pools = 0;
  return [
    tf.layers.rescaling({ name: "rescale", inputShape, scale: 1 / 255 }),
    ...STEPS.flatMap((step) => {
      if (step === "pool")
        return [
          tf.layers.maxPooling2d({
            name: `max_pooling2d_${++pools}`,
            poolSize: 2,
            strides: 2,
            padding: "same",
          }),
        ];
      const [filters, kernelSize] = step;
      return convolution(++convolutions, filters, kernelSize);
    }),
    tf.layers.conv2d({
      name: `conv2d_${++convolutions}`,
      filters: classes,
      kernelSize: 1,
      padding: "same",
    }),
    tf.layers.globalAveragePooling2d({ name: "global_average_pooling2d_1" }),
  ];
}

function convolution(index: number, filters: number, kernelSize: number): tf.layers.Layer[] {
  return [
    tf.layers.conv2d({ name: `conv2d_${index}`, filters, kernelSize, padding: "same", useBias: false }),
    tf.layers.batchNormalization({ name: `batch_normalization_${index}`, momentum: 0.99, epsilon: 1e-3 }),
    tf.layers.leakyReLU({ name: `leaky_re_lu_${index}`, alpha: 0.1 }),
  ];
}
