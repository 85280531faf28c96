/** What kernel and page of a pad hold in common. */
import type { Learned } from "./learn";
import type { Guess } from "./network";
import type { Ink } from "./picture";

/** A drawing that was kept, as the page shows it. */
export interface ShownDrawing {
  id: string;
  label: string;
  /** `[28, 28]`, 0…255. */
  pixels: Uint8Array;
}

/** What came of the last learning. No times: a notebook that is run again is to be the same. */
export interface ShownLearning extends Pick<Learned, "drawings" | "before" | "after" | "rounds"> {
  stopped: boolean;
  /** What the drawing on the paper was taken for before, and after; null for an empty paper. */
  guesses: { before: Guess; after: Guess } | null;
}

export interface PadState {
  /** What is told apart. */
  classes: string[];
  ink: Ink;
  /** What is drawn, see `packStrokes`. The page sets it. */
  strokes: Float32Array;
  /** Counts the drawings that the page sends. The page sets it. */
  asked: number;
  /** Which of them `guesses` answers. */
  answered: number;
  /** The most likely class first. */
  guesses: Guess[];
  /** Whether the output layer has learned anything. */
  isTaught: boolean;
  /** What the network sees, `[height, width, channels]`, 0…255; empty where there is nothing. */
  seen: Uint8Array;
  /** Height, width and channels of it. */
  size: [number, number, number];
  /** The class under which the next drawing is kept. The page sets it. */
  label: string;
  drawings: ShownDrawing[];
  /** How many drawings are of classes that are not told apart now. */
  aside: number;
  /** How many examples are learned from besides. */
  others: number;
  /** What is being done; "" where nothing is. */
  busy: string;
  learning: ShownLearning | null;
  folder: string;
  /** How many drawings the folder holds. */
  saved: number;
  /** What the reader is told, "" for nothing. */
  message: string;
  isProblem: boolean;
}
