import { tf } from "../engine";
import { classNames } from "./convnet";
import { freshModel } from "./fresh-model";

export interface MobileNetOptions {
  /** The width: times the channels of each layer; 1 is the paper's, 0.25 the smallest that was published. */
  alpha: number;
  /** `[height, width, channels]` of an image, at least 32 px a side; 224×224×3 is the paper's. */
  inputShape?: [number, number, number];
  /** The names of the classes, or how many there are. */
  classes: string[] | number;
  seed: number;
  name?: string;
}

/** Channels and stride of each of the 13 blocks. */
const BLOCKS: [channels: number, stride: 1 | 2][] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array.from({ length: 5 }, (): [number, 1] => [512, 1]),
  [1024, 2],
  [1024, 1],
];

/** MobileNet v1 with random parameters: a convolution, 13 blocks of a depthwise and a pointwise one, the mean
 * over the image, and a 1×1 convolution as output layer. Each convolution is followed by batch norm and a ReLU
 * that ends at 6. 470,072 parameters for α = 0.25 and 1,000 classes, 4,231,976 for α = 1.
 *
 * Names, padding and order are Keras', so that weights of `keras.applications.MobileNet` fit. It takes pixels
 * 0…255, which its first layer turns into −1…1 as Keras' `preprocess_input` does, and gives logits: Keras'
 * softmax is left out, and so is its dropout of a thousandth.
 *
 * @returns A model that the caller disposes.
 * @throws RangeError where the images are too small, α leaves a layer without channels, or there is no class.
 * @example
 * const net = buildMobileNet({ alpha: 0.25, inputShape: [96, 96, 3], classes: ["cat", "dog"], seed: 1 });
 * await loadWeights(net, "mobilenet.weights.h5");
 * @see Howard et al. (2017), MobileNets: Efficient Convolutional Neural Networks for Mobile Vision. */
export function buildMobileNet({
  alpha,
  inputShape = [224, 224, 3],
  classes,
  seed,
  name = `mobilenet-v1-${alpha}`,
}: MobileNetOptions): tf.LayersModel {
  const names = classNames(classes, "build a MobileNet");
  checkOptions(alpha, inputShape);
  const features = Math.floor(1024 * alpha);
  const layers = [
    tf.layers.rescaling({ name: "rescale", inputShape, scale: 1 / 127.5, offset: -1 }),
    tf.layers.conv2d({
      name: "conv1",
      filters: Math.floor(32 * alpha),
      kernelSize: 3,
      strides: 2,
      padding: "same",
      useBias: false,
    }),
    ...normAndReLU("conv1"),
    ...BLOCKS.flatMap(([filters, stride], i) => block(i + 1, Math.floor(filters * alpha), stride)),
    tf.layers.globalAveragePooling2d({ name: "global_average_pooling2d" }),
    tf.layers.reshape({ name: "reshape_1", targetShape: [1, 1, features] }),
    tf.layers.conv2d({ name: "conv_preds", filters: names.length, kernelSize: 1, padding: "same" }),
    tf.layers.reshape({ name: "reshape_2", targetShape: [names.length] }),
  ];
  return freshModel(name, layers, { inputShape, classes: names, seed });
}

function checkOptions(alpha: number, [height, width, channels]: [number, number, number]): void {
  if (!(Number.isFinite(alpha) && alpha * 32 >= 1))
    throw new RangeError(`Cannot build a MobileNet: α is 1/32 or more. Received: ${alpha}.`);
  if (!(height >= 32 && width >= 32 && channels >= 1))
    throw new RangeError(
      `Cannot build a MobileNet: an image is at least 32×32 with one channel. Received: [${[height, width, channels].join(", ")}].`,
    );
}

/** A convolution of each channel by itself, then one across the channels of each pixel. */
function block(index: number, filters: number, stride: 1 | 2): tf.layers.Layer[] {
  const depthwise = `conv_dw_${index}`;
  const pointwise = `conv_pw_${index}`;
  return [
    // As Keras has it: below and to the right only, also where "same" would share it out among all sides.
    ...(stride === 2
      ? [
          tf.layers.zeroPadding2d({
            name: `conv_pad_${index}`,
            padding: [
              [0, 1],
              [0, 1],
            ],
          }),
        ]
      : []),
    tf.layers.depthwiseConv2d({
      name: depthwise,
      kernelSize: 3,
      strides: stride,
      padding: stride === 2 ? "valid" : "same",
      useBias: false,
    }),
    ...normAndReLU(depthwise),
    tf.layers.conv2d({ name: pointwise, filters, kernelSize: 1, padding: "same", useBias: false }),
    ...normAndReLU(pointwise),
  ];
}

function normAndReLU(name: string): tf.layers.Layer[] {
  return [
    tf.layers.batchNormalization({ name: `${name}_bn`, momentum: 0.99, epsilon: 1e-3 }),
    tf.layers.reLU({ name: `${name}_relu`, maxValue: 6 }),
  ];
}
