/** Kernels as they were on the way: filters come out of noise. */
import type { tf } from "../engine";
import { kernelNamed, type NamedKernel } from "../model";

export interface SnapshotOptions {
  /** The convolution whose kernels are kept; the first one where it is left out. */
  layer?: string;
  /** After which steps; 0 is before the first. Those past the end are left out. */
  atSteps: readonly number[];
}

/** The kernels of one layer at one time. */
export interface KernelSnapshot {
  /** How many steps had been trained. */
  step: number;
  layer: string;
  /** `[height, width, channels, units]` */
  shape: [number, number, number, number];
  /** Row-major. */
  kernel: Float32Array;
}

/** Copies a layer's kernels at certain steps of a training. */
export class KernelRecorder {
  readonly snapshots: KernelSnapshot[] = [];
  private readonly named: NamedKernel;
  private readonly steps: ReadonlySet<number>;

  /** @param model Borrowed.
   * @throws RangeError where the layer isn't there or a step is no whole number; Error where there is no
   *   convolution. */
  constructor(model: tf.LayersModel, { layer, atSteps }: SnapshotOptions) {
    const wrong = atSteps.find((step) => !(Number.isInteger(step) && step >= 0));
    if (wrong !== undefined)
      throw new RangeError(`Cannot keep snapshots: a step is a whole number from 0. Received: ${wrong}.`);
    this.named = kernelNamed(model, layer, "keep snapshots of the kernels");
    this.steps = new Set(atSteps);
  }

  /** Takes a snapshot where one is wanted after this step. */
  async after(step: number): Promise<void> {
    if (this.steps.has(step)) await this.take(step);
  }

  /** Takes the last one, in place of one taken at the same step: the end may have put better parameters back. */
  async end(step: number): Promise<void> {
    if (this.snapshots.at(-1)?.step === step) this.snapshots.pop();
    await this.take(step);
  }

  private async take(step: number): Promise<void> {
    const { name, kernel } = this.named;
    const values = (await kernel.read().data()) as Float32Array;
    const shape = [...kernel.shape] as KernelSnapshot["shape"];
    this.snapshots.push({ step, layer: name, shape, kernel: values.slice() });
  }
}
