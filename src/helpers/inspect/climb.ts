/** Gradient ascent on images. */
import { tf } from "../engine";
import { nextTurn } from "../next-turn";
import { random } from "../random";
import type { ImageParametrisation } from "./image-parametrisation";

/** What is climbed, and how. */
export interface Climb {
  parametrisation: ImageParametrisation;
  /** How high images are: `[batch, height, width, channels]` → `[batch]`. */
  heights(images: tf.Tensor4D): tf.Tensor1D;
  steps: number;
  /** How long a step is in each number of an image. */
  stepSize: number;
  /** How far images are moved about in each step, in px. */
  jitter: number;
  /** Of the jitter. */
  seed: number;
  signal?: AbortSignal;
  onStep?(done: number): void;
}

/** Where a climb led to. */
export interface Summit {
  /** `[batch, height, width, channels]`. */
  images: Float32Array;
  /** How high each image was at first, and is. */
  first: Float32Array;
  last: Float32Array;
}

/** Changes images step by step so that they get higher. No image has a part in another's way: Adam treats each
 * number by itself.
 * @param start The numbers of the first images, `[batch, …shape]`.
 * @throws The signal's reason where it is stopped.
 * @see Kingma and Ba (2015), Adam: a method for stochastic optimization. */
export async function climb(
  start: Float32Array,
  { parametrisation, heights, steps, stepSize, jitter, seed, signal, onStep }: Climb,
): Promise<Summit> {
  const chance = random(seed).fork("jitter");
  const shift = (): number => chance.int(2 * jitter + 1) - jitter;
  const adam = tf.train.adam(stepSize);
  const numbers = variable(start, parametrisation.shape);
  const look = async (): Promise<[images: Float32Array, heights: Float32Array]> => {
    const looked = tf.tidy(() => {
      const images = parametrisation.images(numbers);
      return [images, heights(images)];
    });
    try {
      return (await Promise.all(looked.map((tensor) => tensor.data()))) as [Float32Array, Float32Array];
    } finally {
      tf.dispose(looked);
    }
  };
  try {
    const [, first] = await look();
    for (let step = 1; step <= steps; step++) {
      signal?.throwIfAborted();
      const moved = [shift(), shift()] as const;
      const depth = (): tf.Scalar =>
        tf.neg(tf.sum(heights(parametrisation.images(numbers, moved))) as tf.Scalar);
      adam.minimize(depth, false, [numbers]);
      onStep?.(step);
      await nextTurn();
    }
    const [images, last] = await look();
    return { images, first, last };
  } finally {
    numbers.dispose();
    adam.dispose();
  }
}

function variable(values: Float32Array, [channels, rows, columns]: ImageParametrisation["shape"]) {
  const count = values.length / (channels * rows * columns);
  return tf.tidy(() => tf.variable(tf.tensor4d(values, [count, channels, rows, columns])));
}
