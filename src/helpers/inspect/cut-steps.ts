/** By how much an image can be made smaller without changing what its middle gives. */
import type { InputSpec } from "../data";
import type { Step } from "../model";
import { stridesOf } from "./receptive-field";

/** Layers that treat places differently, so that none can be left out. */
const PLACED = new Set(["PReLU", "Cropping2D"]);

/** The pixels, down and across, of whose multiples an image can be cut on either side so that every layer's windows
 * still fall where they fell: a multiple of all strides. Infinitely many where there is none.
 * @param way The steps that are run. */
export function cutSteps(way: readonly Step[], input: InputSpec): [number, number] {
  if (way.some(({ layer }) => PLACED.has(layer.getClassName()))) return [Infinity, Infinity];
  const strides = stridesOf(way, input);
  return ([0, 1] as const).map((axis) => {
    const along = strides.map((stride) => stride[axis]).filter((stride) => stride > 1);
    const common = along.reduce(leastCommonMultiple, 1);
    return Number.isInteger(common) ? common : Infinity;
  }) as [number, number];
}

/** The largest multiple of such a step that there is room for, in px. */
export function cuttable(room: number, step: number): number {
  return step < Infinity ? step * Math.floor(Math.max(0, room) / step) : 0;
}

function leastCommonMultiple(a: number, b: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return (a * b) / divisor(a, b);
}
