/** Doing the same operations again without asking TensorFlow.js each time.
 *
 * In every step of a training it decides anew which operations to run, checks their arguments, and keeps books of
 * the tensors between; and they are the same operations in every step. Here the first steps are watched. Once two
 * in a row were alike, TensorFlow makes a program of them. */
import { usesNative } from "../native/switch";
import type { tf } from "../tf";
import { compile, type Program } from "./program";
import { formOf, watch, type Recording, type Work } from "./recording";

/** How often the work is watched before it is given up. */
const ATTEMPTS = 4;

export class Replay {
  private recording?: Recording;
  private program?: Program;
  private attempts = 0;
  private hasPlayed = false;

  /** @param variables All that the work may read or write. */
  constructor(
    private readonly work: Work,
    private readonly variables: readonly tf.Variable[],
  ) {}

  /** Does the work, or has it done as before.
   * @param inputs Of the same shapes each time, or it isn't done as before; borrowed.
   * @returns What the work returns; the surrounding `tf.tidy` owns it. */
  run(inputs: readonly tf.Tensor[]): Record<string, tf.Tensor> {
    const { variables, recording, program } = this;
    if (program?.isReady && recording!.form === formOf([...inputs, ...variables]))
      try {
        const results = program.run(inputs, variables, recording!.resources);
        this.hasPlayed = true;
        return results;
      } catch (error) {
        if (this.hasPlayed) throw error;
        this.giveUp(); // TensorFlow made a graph, but has no way to run it
      }
    if (this.attempts >= ATTEMPTS || !usesNative()) return this.work(inputs);
    this.attempts++;
    return this.watch(inputs);
  }

  private watch(inputs: readonly tf.Tensor[]): Record<string, tf.Tensor> {
    const before = this.recording;
    const { recording, results } = watch(this.work, inputs, this.variables);
    this.recording = recording;
    this.program = undefined; // it was another recording's
    if (!recording.isPlayable) return results;
    if (recording.signature === before?.signature)
      try {
        this.program = compile(recording, [...inputs, ...this.variables]);
      } catch {
        this.giveUp(); // TensorFlow has no graph for it
      }
    return results;
  }

  /** From now on the work is done the usual way. */
  private giveUp(): void {
    this.program = undefined;
    this.attempts = ATTEMPTS;
  }
}

/** Replays of work of several kinds, told apart by keys. */
export class Replays {
  private readonly known = new Map<string, Replay>();

  /** @param variables All that the work of any kind may read or write. */
  constructor(private readonly variables: readonly tf.Variable[]) {}

  /** @param key Equal for work that asks for the same operations.
   * @param work Taken where there was none with this key. */
  of(key: string, work: Work): Replay {
    let replay = this.known.get(key);
    if (!replay) {
      replay = new Replay(work, this.variables);
      this.known.set(key, replay);
    }
    return replay;
  }
}
