import type { Dataset, Examples } from "../data";
import type { tf } from "../engine";
import { cardOf, readCard, setCard, weightedLayers } from "../model";
import { train, type TrainOptions, type TrainResult } from "./loop";
import { KernelRecorder, type KernelSnapshot, type SnapshotOptions } from "./snapshots";

export interface PretrainOptions extends TrainOptions {
  /** Keeps a convolution's kernels as they are at some steps, and at the end. */
  snapshots?: SnapshotOptions;
}

export interface PretrainResult extends TrainResult {
  /** Those asked for, in the order of their steps, and the end; empty where none were asked for. */
  snapshots: KernelSnapshot[];
}

/** Trains a source network on a large labelled set: supervised pre-training.
 *
 * The defaults reach about 78 % on CIFAR-10 in four epochs: stochastic gradient descent with Nesterov's
 * momentum, batches of 128, the learning rate up to 0.1 and down to 0 in one cycle, random crops and flips,
 * weight decay 5·10⁻⁴, and ten times that on `conv1`, whose noise it washes out so that its filters show.
 *
 * @param model Changed in place, its card too; all its layers train.
 * @param photos A data set, whose test part is watched after each epoch and never trained on; or examples.
 * @returns The history, the receipt, and the snapshots that were asked for.
 * @throws As {@link train} does.
 * @example
 * await showHistory(await pretrain(source, photos, { epochs: 4, seed: 1 })); */
export async function pretrain(
  model: tf.LayersModel,
  photos: Dataset | Examples,
  { snapshots, ...options }: PretrainOptions,
): Promise<PretrainResult> {
  const set = "train" in photos ? photos : undefined;
  const examples = "train" in photos ? photos.train : photos;
  const recorder = snapshots && new KernelRecorder(model, snapshots);
  await recorder?.after(0);
  const result = await train(model, examples, {
    ...(options.steps === undefined && { epochs: 4 }),
    batchSize: 128,
    optimizer: "sgd",
    learningRate: 0.1,
    schedule: "one-cycle",
    weightDecay: 5e-4,
    layerDecay: weightedLayers(model).some(({ name }) => name === "conv1") ? { conv1: 5e-3 } : {},
    augment: "photo",
    watch: set?.test,
    task: "Pre-training",
    ...options,
    async onStep(record) {
      await recorder?.after(record.step);
      await options.onStep?.(record);
    },
  });
  await recorder?.end(result.history.steps.length);
  noteTraining(model, set?.name ?? "examples", examples.count, "pre-training", options.seed);
  return { ...result, snapshots: recorder?.snapshots ?? [] };
}

/** Writes into a model's card what it was trained on. */
export function noteTraining(
  model: tf.LayersModel,
  set: string,
  examples: number,
  how: string,
  seed: number,
): void {
  if (!readCard(model)) return;
  const { trainedOn } = cardOf(model);
  const more = [...trainedOn, { set, examples, how }];
  setCard(model, { trainedOn: more, seed, accuracy: null, temperature: undefined }); // both were the old parameters'
}
