/** What the panel and the page hold in common, and what a run says of itself. Plain values. */
import type { DetectorKind, Freeze } from "../../helpers";

/** What one training is to do. */
export interface PanelSettings {
  /** As {@link Freeze}: `"all-but-head"`, `"nothing"`, `{ upTo: layer }`, or the names of layers. */
  freeze: Freeze;
  /** How many labelled examples it gets, drawn evenly from all classes. */
  examples: number;
  /** Of AdamW, the same at all steps. */
  learningRate: number;
  /** How many batches it trains on. */
  steps: number;
  /** Go on from the parameters as they are now, and not from those that the panel was made with. */
  continue?: boolean;
  /** What else to freeze on the way, each after so many steps. */
  then?: readonly FreezeChange[];
}

export interface FreezeChange {
  afterStep: number;
  freeze: Freeze;
}

/** One training that was tried. */
export interface PanelRun {
  settings: PanelSettings;
  /** Trains the same again: a line to paste, where the panel is called `panel`. */
  code: string;
  /** The names of the layers that were frozen when it began. */
  frozen: string[];
  /** The same in words: `"all but the head (Option 1)"`. */
  inWords: string;
  /** Parameters that some step could move, and all there are. */
  trainable: number;
  total: number;
  /** Mean of the last steps: cross-entropy in nats, and the share of the training examples named rightly, 0…1. */
  loss: number;
  trainAccuracy: number;
  /** On test examples that no step trained on, 0…1, with Wilson's 95 % interval. */
  testAccuracy: number;
  low: number;
  high: number;
  /** How many steps there were: fewer than were asked for where it was stopped. */
  stepsDone: number;
  stopped: boolean;
  /** Of training, without the tests. */
  seconds: number;
}

/** A training as the panel keeps it. No times in headless runs: what they save is to be the same each time. */
export interface ShownRun extends Omit<PanelRun, "seconds"> {
  seconds: number | null;
}

/** A group of layers that are frozen together: a convolution or dense layer with the batch norm that follows. */
export interface PanelRow {
  /** The name of the first; the row is known by it. */
  name: string;
  /** All with parameters; `freeze` takes these names. */
  layers: string[];
  /** In words: `"5×5 convolution, batch norm"`. */
  kind: string;
  /** Without the batch axis. */
  outputShape: number[];
  parameters: number;
  /** What its units detect, in words; empty where it is not known. */
  detects: string;
  /** The shares of its units by what they detect, each in 0…1. */
  shares: Record<DetectorKind, number> | null;
}

/** A point of the curves: running means over a few steps. */
export interface CurvePoint {
  step: number;
  loss: number;
  accuracy: number;
}

export interface TestPoint {
  step: number;
  accuracy: number;
}

/** How much one step is, of these settings. */
export interface StepCost {
  /** An estimate: multiplications with additions, forward and backward, in the layers that a step goes through. */
  multiplyAdds: number;
  /** What they would be where everything trains. */
  most: number;
  /** Measured, in milliseconds; null before anything like it was trained, and in headless runs. */
  stepMs: number | null;
}

export type PanelStatus = "ready" | "training" | "testing";

export interface PanelState {
  // What the reader sets.
  /** The names of the frozen layers that have parameters. */
  frozen: string[];
  examples: number;
  learningRate: number;
  steps: number;
  continues: boolean;
  // What there is to choose from.
  rows: PanelRow[];
  choices: { examples: number[]; learningRate: number[]; steps: number[] };
  // What the kernel answers.
  status: PanelStatus;
  trainable: number;
  total: number;
  cost: StepCost;
  curve: CurvePoint[];
  /** Steps that the curve's axis shows. */
  curveSteps: number;
  tests: TestPoint[];
  testExamples: number;
  history: ShownRun[];
  /** What the reader should know: an error, or what has happened. */
  message: string;
}
