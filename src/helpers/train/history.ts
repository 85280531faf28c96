/** What training leaves behind besides the parameters. Plain values. */

export interface StepRecord {
  /** From 1. */
  step: number;
  /** From 1. */
  epoch: number;
  /** Mean cross-entropy of the batch, in nats. */
  loss: number;
  /** Of the batch, 0…1. */
  accuracy: number;
  learningRate: number;
}

export interface EpochRecord {
  epoch: number;
  /** Means over the epoch's steps. */
  loss: number;
  accuracy: number;
  /** On examples that no step trained on, where some were set aside. */
  heldOutLoss?: number;
  heldOutAccuracy?: number;
}

export interface History {
  steps: StepRecord[];
  epochs: EpochRecord[];
  /** Whether it was stopped before its end, by a signal or by early stopping. */
  stopped: boolean;
}

/** One history after another, their steps and epochs numbered through. */
export function joinHistories(histories: History[]): History {
  const joined: History = { steps: [], epochs: [], stopped: false };
  for (const { steps, epochs, stopped } of histories) {
    const lastStep = joined.steps.at(-1)?.step ?? 0;
    const lastEpoch = joined.epochs.at(-1)?.epoch ?? 0;
    joined.steps.push(...steps.map((s) => ({ ...s, step: s.step + lastStep, epoch: s.epoch + lastEpoch })));
    joined.epochs.push(...epochs.map((e) => ({ ...e, epoch: e.epoch + lastEpoch })));
    joined.stopped ||= stopped;
  }
  return joined;
}
