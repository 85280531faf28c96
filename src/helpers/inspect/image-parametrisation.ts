/** Images as sums of waves: what a preferred image is made of, so that it looks like a picture and not like noise. */
import type { InputSpec } from "../data";
import { tf } from "../engine";

/** How fast waves fade with their frequency: amplitudes go by 1/f^FALL. Large photographs have about 1, CIFAR-10's 1.7;
 * in between, units of all layers give smooth images that aren't blurred. */
const FALL = 1.25;

/** How pixels of photographs differ: rows are the axes along which red, green and blue vary independently of each
 * other (brightness, blue against red, green against magenta), each as long as they vary along it.
 *
 * Eigenvectors, times the square roots of their eigenvalues, of the covariance of red, green and blue over all
 * pixels of CIFAR-10's 50,000 training photographs; scaled so that the colour which varies most has variance 1. */
export const COLOUR_AXES_OF_PHOTOS: readonly (readonly number[])[] = [
  [-0.8869, -0.9172, -0.9496],
  [-0.3019, -0.0234, 0.3045],
  [0.0872, -0.161, 0.0741],
];

/** The waves of the discrete Fourier transform of a real signal. */
export interface Waves {
  /** `[length, length]`: a wave in each row, cosines and sines in turn; rows are orthonormal. */
  values: Float32Array;
  /** The frequency of each, in cycles/px. */
  frequencies: Float64Array;
}

/** All waves that fit a number of pixels a whole number of times. */
export function wavesOf(length: number): Waves {
  const values = new Float32Array(length * length);
  const frequencies = Float64Array.from({ length }, (_, row) => Math.ceil(row / 2) / length);
  frequencies.forEach((frequency, row) => {
    const wave = row % 2 === 1 || row === 0 ? Math.cos : Math.sin;
    const alone = frequency === 0 || frequency === 0.5; // no sine of these frequencies differs from zero
    const amplitude = Math.sqrt((alone ? 1 : 2) / length);
    for (let x = 0; x < length; x++) values[row * length + x] = amplitude * wave(2 * Math.PI * frequency * x);
  });
  return { values, frequencies };
}

/** Turns numbers into images. */
export interface ImageParametrisation {
  /** The numbers of one image: `[channels, waves down, waves across]`. */
  shape: [number, number, number];
  /** Images within the input's range, as contrasty as photographs whatever the size of the numbers.
   * @param numbers `[batch, …shape]`; borrowed.
   * @param shift How far to move the images, in px down and right; no more than half the margin.
   * @returns `[batch, height, width, channels]`; the caller disposes it. Gradients flow through. */
  images(numbers: tf.Tensor4D, shift?: readonly [number, number]): tf.Tensor4D;
  dispose(): void;
}

/** Images as sums of waves in the colour axes of photographs, louder the lower they are. All numbers of an image
 * being equally likely, its spectrum and its colours are those of a photograph; and a step of equal size in each
 * number changes large shapes more than it changes single pixels.
 *
 * An image shows a part of a periodic one that is larger by a margin: so its borders don't touch, and it can be
 * shifted.
 * @param margin In px.
 * @see Olah, Mordvintsev, Schubert (2017), Feature visualization, Distill; Mordvintsev et al. (2018),
 *   Differentiable image parameterizations, Distill. */
export function sumsOfWaves(
  { height, width, channels, range: [low, high] }: InputSpec,
  margin: number,
): ImageParametrisation {
  const [down, across] = [wavesOf(height + margin), wavesOf(width + margin)];
  const [rows, columns] = [height + margin, width + margin];
  const { wavesDown, wavesAcross, loudness, axes } = tf.tidy(() => ({
    wavesDown: tf.tensor2d(down.values, [rows, rows]),
    wavesAcross: tf.tensor2d(across.values, [columns, columns]),
    loudness: tf.tensor4d(loudnessOf(down.frequencies, across.frequencies), [1, 1, rows, columns]),
    axes: channels === 3 ? tf.tensor2d(COLOUR_AXES_OF_PHOTOS.flat(), [3, 3]) : undefined,
  }));
  const middle = Math.floor(margin / 2);

  /** Adds up waves along the last axis: `[…, waves]` → `[…, size]`. */
  const add = (numbers: tf.Tensor, waves: tf.Tensor2D, from: number, size: number): tf.Tensor => {
    const rest = numbers.shape.slice(0, -1);
    const seen = tf.slice(waves, [0, from], [-1, size]);
    return tf.reshape(tf.matMul(tf.reshape(numbers, [-1, waves.shape[0]]), seen), [...rest, size]);
  };

  return {
    shape: [channels, rows, columns],
    images: (numbers, [y, x] = [0, 0]) =>
      tf.tidy(() => {
        const loud = tf.mul(evenlyLoud(numbers), loudness);
        const lines = add(loud, wavesAcross, middle - x, width); // [batch, channels, waves down, width]
        const planes = add(tf.transpose(lines, [0, 1, 3, 2]), wavesDown, middle - y, height);
        const values = tf.transpose(planes, [0, 3, 2, 1]); // [batch, height, width, channels]
        const colours = axes
          ? tf.reshape(tf.matMul(tf.reshape(values, [-1, 3]), axes), values.shape)
          : values;
        return tf.add(tf.mul(tf.sigmoid(colours), high - low), low) as tf.Tensor4D;
      }),
    dispose: () => tf.dispose([wavesDown, wavesAcross, loudness, ...(axes ? [axes] : [])]),
  };
}

/** Numbers whose mean square is 1 in each image. */
function evenlyLoud(numbers: tf.Tensor4D): tf.Tensor4D {
  const power = tf.mean(tf.square(numbers), [1, 2, 3], true);
  return tf.div(numbers, tf.sqrt(tf.maximum(power, 1e-20)));
}

/** The amplitude of each wave, so that pixels have variance 1 where the numbers have. */
function loudnessOf(down: Float64Array, across: Float64Array): Float32Array {
  const lowest = 1 / Math.max(down.length, across.length);
  const amplitudes = Float32Array.from({ length: down.length * across.length }, (_, i) => {
    const frequency = Math.hypot(down[Math.floor(i / across.length)], across[i % across.length]);
    return Math.max(frequency, lowest) ** -FALL;
  });
  const power = amplitudes.reduce((sum, amplitude) => sum + amplitude ** 2, 0) / amplitudes.length;
  return amplitudes.map((amplitude) => amplitude / Math.sqrt(power));
}
