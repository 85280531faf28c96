/** One step of a training on the device: a batch in, moved parameters and the batch's logits out. */
import { lossAndGradients, Replay, softmaxCrossEntropy, tf } from "../engine";
import { isFrozen, layersOf, repeatsItself, trainableWeights, type NamedLayer, type Weight } from "../model";
import type { Optimizer, Rates } from "./optimizer";
import type { Batch } from "./prefix-cache";

export class TrainingStep {
  /** The names of the layers that some step could move. */
  readonly moved = new Set<string>();
  private readonly layers: NamedLayer[];
  private readonly replays = new Map<string, Replay>();
  private readonly isSteady: boolean;
  /** What training may move, and of which freezing that was read. */
  private trainable: { layers: ReturnType<typeof trainableWeights>; frozen: string } | undefined;

  constructor(
    private readonly model: tf.LayersModel,
    private readonly optimizer: Optimizer,
    private readonly ratesOf: (layer: string, weight: Weight) => Rates,
  ) {
    this.layers = layersOf(model);
    this.isSteady = repeatsItself(model);
  }

  /** Moves what isn't frozen now.
   * @param batch Borrowed.
   * @param y `[batch, classes]`, one-hot; borrowed.
   * @param weights `[batch]`, how much each example counts; borrowed.
   * @returns The logits before the move, `[batch, classes]`; the caller disposes them. */
  run(batch: Batch, y: tf.Tensor2D, weights?: tf.Tensor1D): tf.Tensor2D {
    const frozen = this.layers.map(({ layer }) => (isFrozen(layer) ? "1" : "0")).join("");
    if (this.trainable?.frozen !== frozen) this.trainable = { layers: trainableWeights(this.model), frozen };
    const { layers } = this.trainable;
    const variables = layers.flatMap(({ weights }) => weights.map(({ val }) => val));
    const inputs = weights ? [batch.x, y, weights] : [batch.x, y];
    return tf.tidy(() => {
      const { logits, ...gradients } = this.replay(batch, variables, inputs, frozen).run(inputs);
      for (const { name, weights } of layers) {
        this.moved.add(name);
        for (const weight of weights)
          this.optimizer.update(weight.val, gradients[weight.val.id], this.ratesOf(name, weight));
      }
      return logits as tf.Tensor2D;
    });
  }

  /** The replay for batches like this one and for what is frozen now: that decides where they enter the model. */
  private replay(
    { from, logitsOf }: Batch,
    variables: tf.Variable[],
    inputs: readonly tf.Tensor[],
    frozen: string,
  ): Pick<Replay, "run"> {
    const work = ([x, y, weights]: readonly tf.Tensor[]) =>
      gradients({ logitsOf, x, y: y as tf.Tensor2D, weights: weights as tf.Tensor1D | undefined }, variables);
    if (!this.isSteady) return { run: work };
    const shapes = inputs.map(({ shape }) => shape.join("×"));
    const key = [`from ${from}`, ...shapes, `frozen ${frozen}`].join(", ");
    let replay = this.replays.get(key);
    if (!replay) {
      const all = this.model.weights.map((weight) => (weight as unknown as Weight).val);
      replay = new Replay(work, all);
      this.replays.set(key, replay);
    }
    return replay;
  }

  dispose(): void {
    for (const replay of this.replays.values()) replay.dispose();
    this.replays.clear();
  }
}

interface Work {
  logitsOf: Batch["logitsOf"];
  x: tf.Tensor;
  y: tf.Tensor2D;
  weights?: tf.Tensor1D;
}

/** The logits, and by its id the gradient of each variable. */
function gradients({ logitsOf, x, y, weights }: Work, variables: tf.Variable[]): Record<string, tf.Tensor> {
  let logits!: tf.Tensor2D;
  const loss = (): tf.Scalar => {
    logits = tf.keep(logitsOf(x));
    return softmaxCrossEntropy(logits, y, weights);
  };
  const { value, grads } = lossAndGradients(loss, variables);
  value.dispose();
  const results: Record<string, tf.Tensor> = { logits: tf.clone(logits) };
  logits.dispose();
  for (const { id, name } of variables) results[id] = grads[name];
  return results;
}
