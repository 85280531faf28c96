/** Kernels of which it is known what they look for. */
import { tf } from "../../../src/helpers/engine";
import type { Random } from "../../../src/helpers/random";

/** A kernel without colour, as a function of a place in px from its centre; y points up. */
export type Shape = (x: number, y: number) => number;

/** What a Gabor function is made of. */
export interface Planted {
  /** Of its lines, in degrees: 0 lies, 90 stands, 45 rises to the right. */
  angle: number;
  frequency: number; // cycles/px
  phase?: number; // radians
  /** Of the bell, across and along the lines, in px. */
  across?: number;
  along?: number;
  /** In px from the middle. */
  centre?: [x: number, y: number];
}

export function gabor({
  angle,
  frequency,
  phase = 0,
  across = 2,
  along = across,
  centre = [0, 0],
}: Planted): Shape {
  const turn = (angle * Math.PI) / 180;
  return (right, up) => {
    const [x, y] = [right - centre[0], up - centre[1]];
    const u = y * Math.cos(turn) - x * Math.sin(turn);
    const v = x * Math.cos(turn) + y * Math.sin(turn);
    const bell = Math.exp(-((u / across) ** 2 + (v / along) ** 2) / 2);
    return bell * Math.cos(2 * Math.PI * frequency * u + phase);
  };
}

/** A hill around a place.
 * @param width Its standard deviation, in px. */
export function hill(width: number, x0 = 0, y0 = 0): Shape {
  return (x, y) => Math.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * width ** 2));
}

/** `[height, width]`, row-major. */
export function drawn(shape: Shape, height: number, width = height): Float64Array {
  return Float64Array.from({ length: height * width }, (_, i) =>
    shape((i % width) - (width - 1) / 2, (height - 1) / 2 - Math.floor(i / width)),
  );
}

export function noise(count: number, chance: Random): Float64Array {
  return Float64Array.from({ length: count }, () => chance.normal());
}

/** How far two angles of lines are apart, in degrees, 0…90. */
export function apart(a: number, b: number): number {
  const turned = Math.abs(a - b) % 180;
  return Math.min(turned, 180 - turned);
}

/** A network of one convolution, `"planted"`, with these kernels, each `[side, side, channels]`, row-major. */
export function networkOf(kernels: readonly ArrayLike<number>[], side: number, channels = 3): tf.LayersModel {
  const filters = kernels.length;
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: "planted",
        inputShape: [32, 32, channels],
        filters,
        kernelSize: side,
        useBias: false,
      }),
    ],
  });
  const values = Float32Array.from(
    { length: side * side * channels * filters },
    (_, i) => kernels[i % filters][Math.floor(i / filters)],
  );
  tf.tidy(() => model.layers[0].setWeights([tf.tensor4d(values, [side, side, channels, filters])]));
  return model;
}

/** A kernel in colour: how much of it is in each channel. */
export function coloured(kernel: ArrayLike<number>, colour: readonly number[]): Float64Array {
  return Float64Array.from(
    { length: kernel.length * colour.length },
    (_, i) => kernel[Math.floor(i / colour.length)] * colour[i % colour.length],
  );
}
