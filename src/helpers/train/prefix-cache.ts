/** Batches for training that enter a model where its frozen part ends: what that part makes of an example never
 * changes, so it is computed the first time the example comes up, and kept. */
import { imageLength, type Examples } from "../data";
import { tf } from "../engine";
import {
  frozenPrefix,
  INPUT,
  inferencePassOf,
  isFrozen,
  layersOf,
  prefixWeights,
  runSuffix,
  trainingPass,
  type InferencePass,
  type Prefix,
} from "../model";
import type { Random } from "../random";
import { report } from "../report";
import { batchPixels, isIdle, type Augmentation } from "./augment";
import { placeRows, type RowBudget } from "./row-budget";
import type { RowStore } from "./row-store";

/** Whether the output of the frozen layers is computed once and kept.
 *
 * - `"auto"`: where nothing is augmented; the parameters come out as without, to float error.
 * - `"off"`: never; every batch goes through the whole model.
 * - `{ copies }`: with augmentation, too. Of every example so many changed copies are made, one an epoch, and
 *   then taken again in turn. Up to as many epochs come out as without. 1 by default.
 *
 * `memoryMB` and `diskMB` bound what may be kept, see {@link RowBudget}. What does not fit into memory goes into
 * a temporary file; what does not fit there is computed anew. */
export type CachePrefix = "auto" | "off" | ({ copies?: number } & RowBudget);

/** @throws RangeError for anything that is no {@link CachePrefix}. */
export function checkCachePrefix(what: CachePrefix | undefined): void {
  if (what === undefined || what === "auto" || what === "off") return;
  const { copies = 1, memoryMB = 0, diskMB = 0 } = typeof what === "object" && what ? what : { copies: NaN };
  if (!(Number.isInteger(copies) && copies >= 1 && memoryMB >= 0 && diskMB >= 0))
    throw new RangeError(
      `Cannot cache the frozen layers' output: cachePrefix is "auto", "off" or { copies, memoryMB, diskMB }, with a whole number of copies from 1 and amounts from 0. Received: ${JSON.stringify(what)}.`,
    );
}

/** A batch on its way. */
export interface Batch {
  /** Images, or what the frozen layers made of them; the caller disposes it. */
  x: tf.Tensor;
  /** The step of the model's graph that gives `x`, as an index: `INPUT` for images. */
  from: number;
  /** What the rest of the model makes of it. Gradients flow through. */
  logitsOf(x: tf.Tensor): tf.Tensor2D;
}

export interface PrefixCacheOptions {
  augmentation: Augmentation;
  /** Draws the augmentation. */
  chance: Random;
  /** How often an example comes up. What comes up once is not worth keeping. */
  epochs: number;
  cachePrefix?: CachePrefix;
  /** Whether to tell the reader where memory does not do. */
  speak: boolean;
  /** Whether layers do as they do in training, or in inference; in training where it is left out. */
  training?: boolean;
}

export class PrefixCache {
  private readonly copies: number;
  private readonly budget: RowBudget;
  private readonly training: boolean;
  private readonly whole: Batch["logitsOf"];
  /** Of a batch; used again for every batch, or the garbage of steps would keep a core busy. */
  private pixels = new Float32Array(0);
  private isOn: boolean;
  private prefix?: Prefix;
  private pass?: InferencePass;
  private state?: readonly unknown[];
  private store?: RowStore;
  private shape: number[] = [];

  /** @param model Borrowed, as are the examples: their pixels must not change while batches are taken. */
  constructor(
    private readonly model: tf.LayersModel,
    private readonly examples: Examples,
    private readonly options: PrefixCacheOptions,
  ) {
    const { augmentation, epochs, cachePrefix = "auto", training = true } = options;
    this.training = training;
    const pass = training ? trainingPass(model) : (x: tf.Tensor) => model.apply(x, { training: false });
    this.whole = (x) => pass(x) as tf.Tensor2D;
    const asked = typeof cachePrefix === "object" ? cachePrefix : {};
    const changes = !isIdle(augmentation);
    this.copies = changes ? (asked.copies ?? 1) : 1;
    this.budget = asked;
    this.isOn =
      cachePrefix !== "off" && (!changes || typeof cachePrefix === "object") && epochs > this.copies;
  }

  /** A batch of examples.
   * @param indices Which examples, in order.
   * @param epoch From 1; says which copy of an example is its turn. */
  async batch(indices: Int32Array, epoch: number): Promise<Batch> {
    if (this.isOn) await this.forgetWhatIsStale();
    if (!this.isOn || !this.prefix) return this.throughAll(indices);
    const copy = (epoch - 1) % this.copies;
    const rows = Array.from(indices, (index) => index * this.copies + copy);
    const missing = rows.flatMap((row, at) => (this.store?.has(row) ? [] : [at]));
    if (missing.length === rows.length) return this.behindPrefix(await this.compute(indices, rows));
    if (missing.length > 0) {
      const rest = await this.compute(
        indices.filter((_, at) => missing.includes(at)),
        missing.map((at) => rows[at]),
      );
      rest.dispose();
      if (!this.store) return this.throughAll(indices);
    }
    return this.behindPrefix(tf.tensor(await this.store!.read(rows), [rows.length, ...this.shape]));
  }

  async dispose(): Promise<void> {
    this.pass?.dispose();
    this.pass = undefined;
    await this.store?.dispose();
    this.store = undefined;
  }

  private throughAll(indices: Int32Array): Batch {
    return { x: this.images(indices), from: INPUT, logitsOf: this.whole };
  }

  private behindPrefix(x: tf.Tensor): Batch {
    const prefix = this.prefix!;
    return {
      x,
      from: prefix.cut,
      logitsOf: (features) => runSuffix(prefix, features, this.training) as tf.Tensor2D,
    };
  }

  private images(indices: Int32Array): tf.Tensor4D {
    const { height, width, channels } = this.examples.input;
    const { augmentation, chance } = this.options;
    const { images, input } = this.examples;
    const length = indices.length * imageLength(input);
    if (this.pixels.length < length) this.pixels = new Float32Array(length);
    const pixels = this.pixels.subarray(0, length);
    batchPixels(images, indices, input, augmentation, chance, pixels);
    return tf.tensor4d(pixels, [indices.length, height, width, channels]);
  }

  /** Runs the prefix on some examples and keeps what it gives; the caller disposes the tensor. */
  private async compute(indices: Int32Array, rows: readonly number[]): Promise<tf.Tensor> {
    const features = tf.tidy(() => this.pass!.run(this.images(indices)));
    try {
      this.shape = features.shape.slice(1);
      this.store ??= await this.place(features.size / indices.length);
      if (this.store) await this.store.write(rows, (await features.data()) as Float32Array);
      else this.isOn = false;
      return features;
    } catch (error) {
      if (this.options.speak)
        report(`What the frozen layers make of the examples can't be kept: ${(error as Error).message}.`);
      this.isOn = false;
      await this.dispose();
      return features;
    }
  }

  private place(rowLength: number): Promise<RowStore | undefined> {
    return placeRows(this.examples.count * this.copies, rowLength, this.budget, this.options.speak);
  }

  /** Whoever watches a step may freeze, unfreeze or overwrite layers between two of them. */
  private async forgetWhatIsStale(): Promise<void> {
    const state = this.stateNow();
    if (this.state?.length === state.length && this.state.every((one, i) => one === state[i])) return;
    await this.dispose();
    this.prefix = frozenPrefix(this.model);
    this.pass = this.prefix && inferencePassOf(this.prefix.graph, this.prefix.cut);
    this.state = this.stateNow();
  }

  /** All that the prefix and its output depend on. A variable gets other data whenever it is written. */
  private stateNow(): unknown[] {
    const frozen = layersOf(this.model).map(({ layer }) => isFrozen(layer));
    const weights = this.prefix ? prefixWeights(this.prefix) : [];
    return [...frozen, ...weights.map(({ dataId }) => dataId)];
  }
}
