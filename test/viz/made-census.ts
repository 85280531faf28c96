/** A census whose figures are known. */
import type { DetectorCensus, DetectorKind, LayerCensus, Share, UnitCensus } from "../../src/helpers";

export const ANGLES = Array.from({ length: 24 }, (_, i) => 15 * i);

function share(value: number): Share {
  return { value, low: Math.max(0, value - 0.1), high: Math.min(1, value + 0.1) };
}

function shares(straight: number, corner: number, curve: number): Record<DetectorKind, Share> {
  const rest = 1 - straight - corner - curve;
  return { straight: share(straight), corner: share(corner), curve: share(curve), other: share(rest) };
}

/** A unit that answers its own kind with 4 at one angle and with −1 at all others, and the rest with 1. */
export function unitOf(unit: number, kind: DetectorKind, angle = 0): UnitCensus {
  const tuning = (of: DetectorKind) =>
    Float32Array.from(ANGLES, (at) => (of === kind ? (at === angle ? 4 : -1) : 1));
  const response = (of: DetectorKind): number => (of === kind ? 4 - 0.1 * unit : 1);
  return {
    unit,
    kind,
    best: kind === "other" ? "noise 1 px, light on dark" : `wedge 90°, turned by ${angle}°, dark on light`,
    responses: {
      straight: response("straight"),
      corner: response("corner"),
      curve: response("curve"),
      other: response("other"),
    },
    sd: 1,
    tuning: { straight: tuning("straight"), corner: tuning("corner"), curve: tuning("curve") },
  };
}

export function layerOf(layer: string, units: UnitCensus[] = [unitOf(0, "straight")]): LayerCensus {
  const gain = { value: 0.3, low: 0.12, high: 0.456 };
  return { layer, units, shares: shares(0.5, 0.2, 0.25), random: shares(0.2, 0.05, 0.1), gain };
}

export function censusOf(layers: LayerCensus[]): DetectorCensus {
  return { model: "made-up", angles: ANGLES, layers };
}
