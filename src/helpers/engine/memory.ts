/** Which tensors are alive, and who owns them. */
import { tf } from "./tf";

/** Models that this package made. Held weakly: a model that nobody holds is nobody's. */
const models = new Set<WeakRef<tf.LayersModel>>();

/** Remembers a model, so that its weights aren't taken for leaked tensors. */
export function trackModel(model: tf.LayersModel): void {
  for (const ref of models) if (!ref.deref()) models.delete(ref);
  models.add(new WeakRef(model));
}

export interface Memory {
  /** Tensors that are alive and belong to no model that is alive. */
  leaked: number;
  /** All tensors that are alive. */
  numTensors: number;
  /** The most memory that this process has held so far, in MB. */
  peakMB: number;
}

/** Counts the tensors that nobody owns. In a notebook whose cells keep nothing but models it is zero. */
export function leakedTensors(): Memory {
  const owned = new Set<number>();
  for (const ref of models)
    for (const weight of (ref.deref()?.weights ?? []) as unknown as { val: tf.Variable }[])
      if (!weight.val.isDisposed) owned.add(weight.val.id);
  const { numTensors } = tf.memory();
  return {
    leaked: numTensors - owned.size,
    numTensors,
    peakMB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}
