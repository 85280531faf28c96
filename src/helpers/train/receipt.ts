/** The receipt of a training: what was frozen, and how far each layer moved. */
import { tf } from "../engine";
import { isFrozen, isStatistic, parametersOf, weightedLayers, weightsOf } from "../model";

export interface LayerReceipt {
  name: string;
  /** Whether it was frozen from the first step to the last. */
  frozen: boolean;
  /** Parameters that training could move; running statistics are not counted. */
  trainable: number;
  total: number;
  /** The largest change of any of its values, running statistics included. */
  largestChange: number;
}

export interface Receipt {
  layers: LayerReceipt[];
  trainable: number;
  total: number;
}

/** A copy of all parameters and statistics of a model, and of what was frozen; plain arrays. */
export interface Snapshot {
  layers: Map<string, { frozen: boolean; values: Float32Array[] }>;
}

export function takeSnapshot(model: tf.LayersModel): Snapshot {
  const layers = new Map<string, { frozen: boolean; values: Float32Array[] }>();
  for (const { name, layer } of weightedLayers(model)) {
    const values = weightsOf(layer).map((weight) => weight.read().dataSync().slice() as Float32Array);
    layers.set(name, { frozen: isFrozen(layer), values });
  }
  return { layers };
}

/** Puts the parameters and statistics of a snapshot back. */
export function restoreSnapshot(model: tf.LayersModel, snapshot: Snapshot): void {
  for (const { name, layer } of weightedLayers(model))
    weightsOf(layer).forEach((weight, i) => {
      const value = tf.tensor(snapshot.layers.get(name)!.values[i], weight.shape as number[]);
      weight.write(value);
      value.dispose();
    });
}

/** Compares a model with what it was before.
 * @param moved The names of layers that any step could move.
 * @throws Error where a layer that was frozen throughout has moved: a fault of this package. */
export function writeReceipt(model: tf.LayersModel, before: Snapshot, moved: ReadonlySet<string>): Receipt {
  const layers = weightedLayers(model).map(({ name, layer }): LayerReceipt => {
    const old = before.layers.get(name)!.values;
    const weights = weightsOf(layer);
    const largestChange = Math.max(
      ...weights.map((weight, i) => largestDifference(weight.read().dataSync(), old[i])),
    );
    const frozen = !moved.has(name);
    if (frozen && largestChange > 0)
      throw new Error(
        `Frozen layer "${name}" moved by ${largestChange}. Frozen means frozen: please report this.`,
      );
    const total = parametersOf(layer);
    const trainable = frozen ? 0 : weights.filter((w) => !isStatistic(w)).length > 0 ? total : 0;
    return { name, frozen, trainable, total, largestChange };
  });
  const sum = (count: (layer: LayerReceipt) => number): number =>
    layers.reduce((all, layer) => all + count(layer), 0);
  return { layers, trainable: sum((l) => l.trainable), total: sum((l) => l.total) };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference; // lets NaN through
  }
  return largest;
}
