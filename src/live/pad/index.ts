/** A pad to draw on, with a network that looks on and learns. */
export { drawingPad } from "./drawing-pad";
export type { Judged } from "./learn";
export type { Guess } from "./network";
export type { PadOptions } from "./options";
export { DrawingPad, type LearnResult } from "./pad";
export type { Ink } from "./picture";
export type { PadState, ShownDrawing, ShownLearning } from "./state";
export type { PadPoint, Stroke } from "./strokes";
