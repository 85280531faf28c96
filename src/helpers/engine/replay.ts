/** Doing the same operations again without asking TensorFlow.js each time.
 *
 * In every step of a training it decides anew which operations to run, checks their arguments, and keeps books of
 * the tensors between; and they are the same operations in every step. Here the first steps are watched. Once two
 * in a row were alike, the operations are given to TensorFlow directly, and each tensor is freed after its last
 * use. That is a tenth of a step on small images. */
import { usesNative } from "./native/switch";
import type { tf } from "./tf";
import { watch, type Recording, type Work } from "./recording";

/** How often the work is watched before it is given up. */
const ATTEMPTS = 4;

export class Replay {
  private recording?: Recording;
  private isAlike = false;
  private attempts = 0;

  /** @param variables All that the work may read or write. */
  constructor(
    private readonly work: Work,
    private readonly variables: readonly tf.Variable[],
  ) {}

  /** Does the work, or has it done as before.
   * @param inputs Of the same shapes each time; borrowed.
   * @returns What the work returns; the surrounding `tf.tidy` owns it. */
  run(inputs: readonly tf.Tensor[]): Record<string, tf.Tensor> {
    if (this.isAlike) return this.recording!.play(inputs);
    if (this.attempts >= ATTEMPTS || !usesNative()) return this.work(inputs);
    this.attempts++;
    const { recording, results } = watch(this.work, inputs, this.variables);
    this.isAlike = recording.isPlayable && recording.signature === this.recording?.signature;
    this.recording?.dispose();
    this.recording = recording;
    return results;
  }

  dispose(): void {
    this.recording?.dispose();
    this.recording = undefined;
    this.isAlike = false;
  }
}
