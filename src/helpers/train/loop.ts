/** The training loop: seeded, stoppable, honest about what is frozen. It draws nothing. */
import { interruptSignal } from "../../live/kernel";
import { split, type Examples } from "../data";
import { tf } from "../engine";
import {
  checkFits,
  checkGivesLogits,
  prepareForTraining,
  roleOf,
  score,
  trainableWeights,
  weightedLayers,
  type Weight,
} from "../model";
import { nextTurn } from "../next-turn";
import { random } from "../random";
import { reportProgress } from "../report";
import { augmentationOf, type Augmentation, type AugmentationName } from "./augment";
import { classWeightsOf, exampleWeights, type ClassWeights } from "./class-weights";
import type { EpochRecord, History, StepRecord } from "./history";
import { makeOptimizer, type Optimizer, type OptimizerName, type Rates } from "./optimizer";
import { checkCachePrefix, PrefixCache, type CachePrefix } from "./prefix-cache";
import { restoreSnapshot, takeSnapshot, writeReceipt, type Receipt, type Snapshot } from "./receipt";
import { scheduleFactor, type Schedule, type ScheduleName } from "./schedule";
import { TrainingStep } from "./step";
import { Watched } from "./watched";

export interface TrainOptions {
  /** Orders the examples, and drives every other chance in the training. */
  seed: number;
  /** How often every example is seen; or say `steps`. */
  epochs?: number;
  /** How many batches are trained on; or say `epochs`. */
  steps?: number;
  batchSize?: number;
  optimizer?: OptimizerName;
  /** The highest that the schedule reaches. */
  learningRate?: number;
  schedule?: ScheduleName | Schedule;
  /** Factors on the learning rate by layer name; 1 for layers that aren't named. */
  layerRates?: Record<string, number>;
  /** Of kernels; biases and batch norm don't decay. */
  weightDecay?: number;
  /** Decay by layer name, instead of `weightDecay`. */
  layerDecay?: Record<string, number>;
  augment?: AugmentationName | Augmentation;
  /** Whether what the frozen layers below all others make of the examples is computed once and kept. */
  cachePrefix?: CachePrefix;
  /** How much an example of each class counts: `"balanced"` where some classes have far fewer examples than
   * others, or numbers in the order of the classes. The training loss is weighted; what is measured on examples
   * that were held out or are watched is not. */
  classWeights?: ClassWeights;
  /** Examples to evaluate on after each epoch; watched only. */
  watch?: Examples;
  /** Sets a share of the examples aside, evaluates on them after each epoch, stops after `patience` epochs
   * without a lower loss, and returns to the best parameters. */
  earlyStopping?: { heldOut?: number; patience?: number };
  /** Called after each step. */
  onStep?: (record: StepRecord) => void | Promise<void>;
  /** Stops between two batches; the model stays usable. The notebook's interrupt where it is left out. */
  signal?: AbortSignal;
  /** What progress calls the work; empty for silence. */
  task?: string;
}

export interface TrainResult {
  history: History;
  receipt: Receipt;
}

/** Trains what isn't frozen, on the cross-entropy of the model's logits.
 *
 * @param model Changed in place; no `compile` is needed.
 * @returns The history and the receipt, plain values. All tensors it makes are disposed.
 * @throws RangeError for options out of range; Error where the examples don't fit the model or everything is
 *   frozen; Error where the loss becomes NaN, with the model put back to what it was before. */
export async function train(
  model: tf.LayersModel,
  examples: Examples,
  options: TrainOptions,
): Promise<TrainResult> {
  checkFits(model, examples, "train");
  checkGivesLogits(model, "train");
  checkOptions(options);
  checkLayerNames(model, options);
  prepareForTraining(model);
  if (trainableWeights(model).length === 0)
    throw new Error(
      `Cannot train "${model.name}": all its layers are frozen. Call freeze(model, "all-but-head") or freeze(model, "nothing").`,
    );
  const before = takeSnapshot(model);
  const run = new Run(model, examples, options);
  try {
    const history = await run.toTheEnd();
    return { history, receipt: writeReceipt(model, before, run.device.moved) };
  } catch (error) {
    if (error instanceof LossIsNotANumber) restoreSnapshot(model, before);
    throw error;
  } finally {
    await run.dispose();
  }
}

class LossIsNotANumber extends Error {}

function checkOptions(options: TrainOptions): void {
  const { epochs, steps, batchSize, learningRate, weightDecay } = options;
  checkCachePrefix(options.cachePrefix);
  if ((epochs === undefined) === (steps === undefined))
    throw new RangeError(
      `Cannot train: say either epochs or steps. Received: epochs ${epochs}, steps ${steps}.`,
    );
  for (const [name, value] of Object.entries({ epochs, steps, batchSize }))
    if (value !== undefined && !(Number.isInteger(value) && value >= 1))
      throw new RangeError(`Cannot train: ${name} is a whole number from 1. Received: ${value}.`);
  for (const [name, value] of Object.entries({ learningRate, weightDecay }))
    if (value !== undefined && !(value >= 0 && Number.isFinite(value)))
      throw new RangeError(`Cannot train: ${name} is zero or more. Received: ${value}.`);
}

function checkLayerNames(model: tf.LayersModel, { layerRates = {}, layerDecay = {} }: TrainOptions): void {
  const names = weightedLayers(model).map(({ name }) => name);
  const unknown = Object.keys({ ...layerRates, ...layerDecay }).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new RangeError(
      `Cannot train with a rate or decay of "${unknown}": the layers with parameters are ${names.join(", ")}.`,
    );
}

/** One training from its first step to its last. */
class Run {
  readonly device: TrainingStep;
  private readonly history: History = { steps: [], epochs: [], stopped: false };
  private readonly optimizer: Optimizer;
  private readonly train: Examples;
  private readonly watched?: Watched;
  private readonly batches: Int32Array[][] = [];
  private readonly order;
  private readonly prefix: PrefixCache;
  private readonly batchSize: number;
  private readonly stepsPerEpoch: number;
  private readonly totalSteps: number;
  private readonly schedule: Schedule;
  private readonly classWeights?: Float32Array;
  private learningRate = 0;
  private best?: { loss: number; epoch: number; snapshot: Snapshot };

  constructor(
    private readonly model: tf.LayersModel,
    examples: Examples,
    private readonly options: TrainOptions,
  ) {
    const { seed, earlyStopping, augment = "none", schedule = "constant", optimizer = "adamw" } = options;
    const parts = earlyStopping && split(examples, { heldOut: earlyStopping.heldOut ?? 0.2, seed });
    this.train = parts?.train ?? examples;
    const watch = parts?.heldOut ?? options.watch;
    const { count } = this.train;
    this.batchSize = Math.min(options.batchSize ?? 32, count);
    // A small rest would ruin batch norm's statistics: it waits for the next epoch's shuffle.
    this.stepsPerEpoch = Math.max(1, Math.floor(count / this.batchSize + 0.5));
    this.totalSteps = options.steps ?? options.epochs! * this.stepsPerEpoch;
    this.schedule = typeof schedule === "string" ? { kind: schedule } : schedule;
    this.classWeights = classWeightsOf(options.classWeights, this.train);
    this.optimizer = makeOptimizer(optimizer);
    this.device = new TrainingStep(model, this.optimizer, (layer, weight) => this.rates(layer, weight));
    this.order = random(seed).fork("order");
    const epochs = Math.ceil(this.totalSteps / this.stepsPerEpoch);
    const caching = { epochs, cachePrefix: options.cachePrefix, speak: options.task !== "" };
    this.prefix = new PrefixCache(model, this.train, {
      ...caching,
      augmentation: augmentationOf(augment),
      chance: random(seed).fork("augmentation"),
    });
    this.watched = watch && new Watched(model, watch, caching);
  }

  async toTheEnd(): Promise<History> {
    const { signal = interruptSignal(), onStep, task = "Training" } = this.options;
    for (let step = 1; step <= this.totalSteps && !this.history.stopped; step++) {
      if (signal.aborted) {
        this.history.stopped = true;
        break;
      }
      const record = await this.step(step);
      this.history.steps.push(record);
      if (task)
        reportProgress({
          task,
          done: step,
          total: this.totalSteps,
          unit: "steps",
          note: `loss ${record.loss.toFixed(2)}`,
        });
      await onStep?.(record);
      if (step % this.stepsPerEpoch === 0 || step === this.totalSteps) await this.closeEpoch(record.epoch);
      await nextTurn();
    }
    if (this.best) restoreSnapshot(this.model, this.best.snapshot);
    return this.history;
  }

  async dispose(): Promise<void> {
    this.optimizer.dispose();
    await this.prefix.dispose();
    await this.watched?.dispose();
  }

  private async step(step: number): Promise<StepRecord> {
    const epoch = Math.ceil(step / this.stepsPerEpoch);
    const { learningRate: highest = 3e-3 } = this.options;
    // The middle of the step, so that neither the first nor the last is wasted on a rate of zero.
    this.learningRate = highest * scheduleFactor(this.schedule, (step - 0.5) / this.totalSteps);
    const indices = this.batch(epoch, (step - 1) % this.stepsPerEpoch);
    const labels = Int32Array.from(indices, (index) => this.train.labels[index]);
    const logits = await this.move(indices, labels, epoch);
    const { loss, accuracy } = score(logits, labels, this.classWeights);
    const { learningRate } = this;
    if (!Number.isFinite(loss))
      throw new LossIsNotANumber(
        `Training stopped: the loss became ${loss} at step ${step}, with a learning rate of ${learningRate.toPrecision(2)}. The model is as it was before. Try a tenth of that rate.`,
      );
    return { step, epoch, loss, accuracy, learningRate };
  }

  /** Moves the parameters by one batch, and gives its logits before that. */
  private async move(indices: Int32Array, labels: Int32Array, epoch: number): Promise<Float32Array> {
    const batch = await this.prefix.batch(indices, epoch);
    const y = oneHot(labels, this.train.classes.length);
    const weights = exampleWeights(this.classWeights, labels);
    const logits = this.device.run(batch, y, weights);
    try {
      return (await logits.data()) as Float32Array;
    } finally {
      tf.dispose([batch.x, y, logits, ...(weights ? [weights] : [])]);
    }
  }

  private rates(layer: string, weight: Weight): Rates {
    const { layerRates = {}, weightDecay = 0, layerDecay = {} } = this.options;
    const decays = !["bias", "gamma", "beta"].includes(roleOf(weight));
    return {
      learningRate: this.learningRate * (layerRates[layer] ?? 1),
      weightDecay: decays ? (layerDecay[layer] ?? weightDecay) : 0,
    };
  }

  /** The examples of one batch; the order of an epoch is drawn when its first batch is. */
  private batch(epoch: number, index: number): Int32Array {
    if (!this.batches[epoch]) {
      this.batches.length = 0;
      const order = this.order.shuffle(Int32Array.from({ length: this.train.count }, (_, i) => i));
      this.batches[epoch] = Array.from({ length: this.stepsPerEpoch }, (_, i) =>
        order.subarray(i * this.batchSize, (i + 1) * this.batchSize),
      );
    }
    return this.batches[epoch][index];
  }

  private async closeEpoch(epoch: number): Promise<void> {
    const steps = this.history.steps.filter((record) => record.epoch === epoch);
    const mean = (of: (step: StepRecord) => number): number =>
      steps.reduce((sum, s) => sum + of(s), 0) / steps.length;
    const record: EpochRecord = { epoch, loss: mean((s) => s.loss), accuracy: mean((s) => s.accuracy) };
    if (this.watched) {
      const { loss, accuracy } = await this.watched.measure();
      record.heldOutLoss = loss;
      record.heldOutAccuracy = accuracy;
      this.keepBest(epoch, loss);
    }
    this.history.epochs.push(record);
  }

  private keepBest(epoch: number, loss: number): void {
    const { earlyStopping } = this.options;
    if (!earlyStopping) return;
    if (!this.best || loss < this.best.loss) this.best = { loss, epoch, snapshot: takeSnapshot(this.model) };
    else if (epoch - this.best.epoch >= (earlyStopping.patience ?? 3)) this.history.stopped = true;
  }
}

/** `[labels, classes]`, in one tensor instead of three operations; the caller disposes it. */
function oneHot(labels: Int32Array, classes: number): tf.Tensor2D {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => (rows[row * classes + label] = 1));
  return tf.tensor2d(rows, [labels.length, classes]);
}
