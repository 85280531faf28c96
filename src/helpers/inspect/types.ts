/** What looking into a network gives. Plain values and typed arrays: nothing here needs disposing. */

/** `oriented` kernels see edges of one angle; `blob` kernels see a colour or a brightness; `neither` keeps to
 * no angle, like noise, though not all of them are noise to the eye. */
export type FilterKind = "oriented" | "blob" | "neither";

/** One kernel of the first convolution. */
export interface Filter {
  /** Its place among the layer's kernels. */
  unit: number;
  kind: FilterKind;
  /** Of the edge it answers to, in degrees in [0, 180): 0 lies, 90 stands, 45 rises to the right. It says
   * nothing of kernels that aren't oriented. */
  angle: number;
  /** Where its spectrum is strongest, in cycles/px; 0 for blobs. */
  frequency: number;
  /** The share of its variance that the best Gabor function explains, 0…1. */
  gaborR2: number;
  /** `[height, width, channels]`, scaled for the eye: −1…1, its own largest weight being ±1 and no weight 0. */
  pixels: Float32Array;
}

/** The first convolution's kernels, sorted: oriented ones by angle, then blobs, then the rest. */
export interface FirstLayerFilters {
  layer: string;
  height: number; // px
  width: number; // px
  channels: number;
  filters: Filter[];
}

/** `straight` units answer most to edges, bars and gratings; `other` to noise, checkers, dots and flats. */
export type DetectorKind = "straight" | "corner" | "curve" | "other";

export const DETECTOR_KINDS: readonly DetectorKind[] = ["straight", "corner", "curve", "other"];

/** A share with its 95 % bootstrap interval, each in 0…1. */
export interface Share {
  value: number;
  low: number;
  high: number;
}

/** What one unit answers to. */
export interface UnitCensus {
  unit: number;
  kind: DetectorKind;
  /** The stimulus that excites it most, e.g. `"wedge 90°, red-green, 45°"`. */
  best: string;
  /** Its strongest response to each kind, in standard deviations of its responses to the whole bank. */
  responses: Record<DetectorKind, number>;
  /** That standard deviation, in the network's own unit; 1 for a unit that never answers. */
  sd: number;
  /** The strongest response at each of the census's angles, by kind, in the same unit. */
  tuning: { straight: Float32Array; corner: Float32Array; curve: Float32Array };
}

export interface LayerCensus {
  /** The convolution whose units these are. */
  layer: string;
  units: UnitCensus[];
  shares: Record<DetectorKind, Share>;
  /** The same shares in networks with random weights. */
  random: Record<DetectorKind, Share>;
  /** How much larger the share of corner and curve detectors is than in random networks, −1…1. */
  gain: Share;
}

export interface DetectorCensus {
  /** The name of the model. */
  model: string;
  /** The angles at which stimuli were shown, in degrees. */
  angles: number[];
  layers: LayerCensus[];
}
