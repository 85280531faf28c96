import { DETECTOR_KINDS, type DetectorKind } from "../helpers";

const COLOURS: Record<DetectorKind, string> = {
  straight: "#4c78a8",
  corner: "#e45756",
  curve: "#f2a900",
  other: "#bdbdbd",
};

/** A colour scale with the same colour for a kind of detector in every chart. */
export function kindScale(kinds: readonly DetectorKind[] = DETECTOR_KINDS): {
  domain: DetectorKind[];
  range: string[];
} {
  return { domain: [...kinds], range: kinds.map((kind) => COLOURS[kind]) };
}
