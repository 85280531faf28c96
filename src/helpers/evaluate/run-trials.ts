/** The trials of an experiment: those that a file remembers, the others in processes of their own. */
import { interruptSignal } from "../../live/kernel";
import { sample, type Dataset } from "../data";
import type { tf } from "../engine";
import { report, reportProgress } from "../report";
import { runInProcesses } from "./trial-pool";
import { runTrial, TrialLog, type Trial } from "./trials";
import { checkWorkers, workersFor, type Workers } from "./workers";

export interface TrialsOptions {
  source: tf.LayersModel;
  target: Dataset;
  resume?: string;
  signal?: AbortSignal;
  workers?: Workers;
}

/** Runs trials. Their accuracies don't depend on how many run at once.
 * @param task What the progress is called.
 * @returns The finished trials in the order given; not all of them where the signal stopped it.
 * @throws What a trial throws. */
export async function runTrials(
  trials: readonly Trial[],
  options: TrialsOptions,
  task: string,
): Promise<{ accuracies: [Trial, number][]; stopped: boolean }> {
  checkWorkers(options.workers ?? "auto");
  const log = await TrialLog.open(options.source, options.target, options.resume);
  const run = new Run(trials, { ...options, signal: options.signal ?? interruptSignal() }, log, task);
  await run.toTheEnd();
  const accuracies = trials.flatMap((trial, index): [Trial, number][] => {
    const accuracy = run.found.get(index);
    return accuracy === undefined ? [] : [[trial, accuracy]];
  });
  return { accuracies, stopped: accuracies.length < trials.length };
}

class Run {
  /** The accuracies, by the trial's place in the list. */
  readonly found = new Map<number, number>();
  private left: number[] = [];

  constructor(
    private readonly trials: readonly Trial[],
    private readonly options: TrialsOptions,
    private readonly log: TrialLog,
    private readonly task: string,
  ) {}

  async toTheEnd(): Promise<void> {
    if (this.options.signal?.aborted) return;
    this.trials.forEach((trial, index) => {
      const known = this.log.accuracyOf(trial);
      if (known === undefined) this.left.push(index);
      else this.note(index, known);
    });
    if (this.goesOn()) await this.runThere(workersFor(this.options.workers ?? "auto", this.left.length));
    if (this.goesOn()) {
      const count = this.left.length;
      report(
        `${this.task}: processes died again and again, so ${count === 1 ? "the trial" : `the ${count} trials`} left run here, where other last digits may come out.`,
      );
    }
    while (this.goesOn()) await this.runHere();
  }

  private goesOn(): boolean {
    return this.left.length > 0 && !this.options.signal?.aborted;
  }

  private async runHere(): Promise<void> {
    const { source, target, signal } = this.options;
    const accuracy = await runTrial(source, target, { ...this.trials[this.left[0]], signal });
    if (accuracy !== undefined) await this.add(this.left.shift()!, accuracy);
  }

  private async runThere(workers: number): Promise<void> {
    const { source, target, signal } = this.options;
    this.left = await runInProcesses(this.left, {
      source,
      test: target.test,
      workers,
      signal,
      orderOf: (index) => {
        const { size, ...trial } = this.trials[index];
        return { examples: sample(target.train, { size, seed: trial.seed }), trial };
      },
      onAccuracy: (index, accuracy) => this.add(index, accuracy),
    });
  }

  private async add(index: number, accuracy: number): Promise<void> {
    await this.log.add(this.trials[index], accuracy);
    this.note(index, accuracy);
  }

  private note(index: number, accuracy: number): void {
    this.found.set(index, accuracy);
    const { strategy, size } = this.trials[index];
    reportProgress({
      task: this.task,
      done: this.found.size,
      total: this.trials.length,
      unit: "trials",
      note: `${strategy} with ${size}: ${(100 * accuracy).toFixed(1)} %`,
    });
  }
}
