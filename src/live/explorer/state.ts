/** What the explorer and its page have in common: plain values and small pictures. */
import type { Box } from "../../helpers";

/** A small picture, ready to be drawn. */
export interface Thumb {
  height: number; // px
  width: number; // px
  /** `[height, width, 3]`, 0…255. */
  rgb: Uint8Array;
}

/** Pictures of one size, one below another. */
export interface Sheet extends Thumb {
  count: number;
}

/** A unit of the layer below, and how this unit weighs its answers. */
export interface Feed {
  unit: number;
  /** The sum of its weights: above 0 it excites, below it inhibits. */
  sum: number;
  /** Its weights by place: orange above 0, blue below. */
  weights: Thumb;
}

/** A part of a photograph that excites a unit. */
export interface SeenPatch {
  image: number;
  /** Where in the photograph, in px; it may reach outside. */
  box: Box;
  /** How strongly the unit answered. */
  value: number;
  picture: Thumb;
}

/** What the census says of a unit. */
export interface Tuning {
  kind: string;
  /** What excites it most, in words. */
  best: string;
  /** In degrees: 0 lies, 90 stands. */
  angles: number[];
  /** The strongest answer at each angle, in standard deviations of its answers. */
  straight: number[];
  corner: number[];
  curve: number[];
}

/** What is known of one unit. */
export interface UnitLook {
  layer: string;
  unit: number;
  /** The size of what it sees, in px. */
  sees: { height: number; width: number };
  /** Its weights in colour: of a first layer only. */
  kernel: Thumb | null;
  /** Whether batch norm turns the unit's sign; the kernel is shown as it counts, the sign turned. */
  turned: boolean;
  /** The layer below, and the units of it that weigh most; none for a first layer. */
  below: string | null;
  feeds: Feed[];
  /** The strongest first, at most one of each photograph. */
  patches: SeenPatch[];
  /** How many photographs were looked through for them. */
  searched: number;
  /** Whether a census can be taken of the layer. */
  hasCensus: boolean;
  /** Null where no census can be taken, and until it is. */
  tuning: Tuning | null;
  /** The image that excites it most; null until it is found. */
  preferred: Thumb | null;
}

/** Where one unit answers in a photograph. */
export interface FeatureMap {
  rows: number;
  columns: number;
  /** `[rows, columns]`: 0 where it is silent, 255 at its strongest answer in this photograph. */
  values: Uint8Array;
  strongest: number;
  /** Where the first cell's centre lies in the photograph, and how far cells are apart, in px; 0 where all see it all. */
  first: { y: number; x: number };
  stride: { y: number; x: number };
}

/** Which units answer at a place of a photograph. */
export interface PlaceLook {
  layer: string;
  image: number;
  /** In px from the upper left corner. */
  x: number;
  y: number;
  /** The place in the layer's map. */
  row: number;
  column: number;
  /** What the units there see, in px; it may reach outside. */
  box: Box;
  /** The strongest first; `share` is of the unit's strongest answer in all photographs, where that is known. */
  answers: { unit: number; value: number; share: number | null }[];
}

/** A photograph. Places in it are in its own pixels, though its picture may be smaller. */
export interface Photo {
  name: string;
  height: number; // px
  width: number; // px
  picture: Thumb;
}

export interface ExplorerState {
  layers: { name: string; units: number }[];
  layer: string;
  unit: number;
  /** How many photographs there are, and which one is shown. */
  images: number;
  image: number;
  /** Where the reader points, in px of the photograph. */
  place: { x: number; y: number } | null;
  /** A small picture for each unit of the layer; null where they would be too many. */
  thumbs: { layer: string; sheet: Sheet | null } | null;
  look: UnitLook | null;
  photo: Photo | null;
  map: FeatureMap | null;
  at: PlaceLook | null;
  /** Whether what takes long was stopped before its end. */
  stopped: boolean;
  /** What is still being computed; empty where nothing is. */
  busy: string;
  /** What went wrong; empty where nothing did. */
  message: string;
}
