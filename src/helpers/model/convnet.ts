import { tf } from "../engine";
import { freshModel } from "./fresh-model";

export interface ConvNetOptions {
  /** `[height, width, channels]` of an image; at least 16 px a side. */
  inputShape: [number, number, number];
  /** The names of the classes, or how many there are. */
  classes: string[] | number;
  seed: number;
  name?: string;
}

/** Pixels 0…255 become about −1.9…2.1: the mean and spread of photographs. */
const PHOTO_MEAN = 0.473;
const PHOTO_SD = 0.25;

/** A convolutional network for small images, with random parameters: four blocks of convolution, max-pooling,
 * batch norm and ReLU, then one dense output layer. 263,210 parameters for 32×32×3 and ten classes.
 *
 * It takes pixels 0…255 and gives logits. `conv1`'s kernels are 5×5 and start ten times smaller than
 * He et al. (2015) would have them: their noise washes out, and its filters can be seen.
 *
 * @returns A model that the caller disposes.
 * @throws RangeError where the images are too small or there is no class.
 * @example
 * const source = buildConvNet({ inputShape: [32, 32, 3], classes: photos.classes, seed: 1 }); */
export function buildConvNet({
  inputShape,
  classes,
  seed,
  name = "convnet",
}: ConvNetOptions): tf.LayersModel {
  const names = classNames(classes, "build a network");
  const [height, width, channels] = inputShape;
  if (!(height >= 16 && width >= 16 && channels >= 1))
    throw new RangeError(
      `Cannot build a network: an image is at least 16×16 with one channel. Received: [${inputShape.join(", ")}].`,
    );
  const layers = [
    tf.layers.rescaling({
      name: "rescale",
      inputShape,
      scale: 1 / (255 * PHOTO_SD),
      offset: -PHOTO_MEAN / PHOTO_SD,
    }),
    ...block(1, 32, { kernelSize: 5, initialScale: 0.1 }),
    ...block(2, 64),
    ...block(3, 128),
    ...block(4, 128, { pool: false }),
    tf.layers.flatten({ name: "flatten" }),
    headLayer(names.length),
  ];
  return freshModel(name, layers, { inputShape, classes: names, seed });
}

/** TensorFlow.js draws from a normal cut off at two standard deviations; this is the spread that is left. */
const TRUNCATED_SD = 0.8796;

interface BlockOptions {
  kernelSize?: number;
  pool?: boolean;
  /** Times the standard deviation of He et al. (2015); 1/√6 is what PyTorch starts from. */
  initialScale?: number;
}

/** Convolution → max-pooling → batch norm → ReLU. Pooling comes first because it commutes with ReLU and with
 * a positive scale, and leaves a quarter of the values to normalise. */
function block(
  index: number,
  filters: number,
  { kernelSize = 3, pool = true, initialScale = 1 / Math.sqrt(6) }: BlockOptions = {},
) {
  const he = tf.initializers.varianceScaling({
    scale: 2 * (initialScale / TRUNCATED_SD) ** 2,
    mode: "fanIn",
    distribution: "normal",
  });
  return [
    tf.layers.conv2d({
      name: `conv${index}`,
      filters,
      kernelSize,
      padding: "same",
      useBias: false, // batch norm has its own
      kernelInitializer: he,
    }),
    ...(pool ? [tf.layers.maxPooling2d({ name: `pool${index}`, poolSize: 2 })] : []),
    // Short transfers are over before a momentum of 0.99 has forgotten the source's statistics.
    tf.layers.batchNormalization({ name: `norm${index}`, momentum: 0.9, epsilon: 1e-5 }),
    tf.layers.reLU({ name: `relu${index}` }),
  ];
}

/** A dense output layer that starts near zero, so that the first predictions favour no class. */
export function headLayer(classes: number, name = "head"): tf.layers.Layer {
  return tf.layers.dense({
    name,
    units: classes,
    kernelInitializer: tf.initializers.randomNormal({ stddev: 0.01 }),
  });
}

/** The names of the classes; `3` becomes `["0", "1", "2"]`.
 * @param action What needs them, for the error.
 * @throws RangeError where there are none, or one comes twice. */
export function classNames(classes: string[] | number, action: string): string[] {
  const names =
    typeof classes === "number" ? Array.from({ length: classes }, (_, i) => String(i)) : [...classes];
  if (names.length < 2 || new Set(names).size < names.length)
    throw new RangeError(
      `Cannot ${action}: it needs two or more distinct classes. Received: ${JSON.stringify(classes)}.`,
    );
  return names;
}
