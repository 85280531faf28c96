/** One step of a training on the device: a batch in, moved parameters and the batch's logits out. */
import { lossAndGradients, Replay, softmaxCrossEntropy, tf } from "../engine";
import {
  isFrozen,
  isSteady,
  layersOf,
  trainableWeights,
  trainingPass,
  type NamedLayer,
  type Weight,
} from "../model";
import type { Optimizer, Rates } from "./optimizer";

export class TrainingStep {
  /** The names of the layers that some step could move. */
  readonly moved = new Set<string>();
  private readonly layers: NamedLayer[];
  private readonly apply: (x: tf.Tensor) => tf.Tensor;
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
    this.apply = trainingPass(model);
    this.isSteady = isSteady(model);
  }

  /** Moves what isn't frozen now.
   * @param x `[batch, height, width, channels]`; borrowed.
   * @param y `[batch, classes]`, one-hot; borrowed.
   * @returns The logits before the move, `[batch, classes]`; the caller disposes them. */
  run(x: tf.Tensor4D, y: tf.Tensor2D): tf.Tensor2D {
    const frozen = this.layers.map(({ layer }) => (isFrozen(layer) ? "1" : "0")).join("");
    if (this.trainable?.frozen !== frozen) this.trainable = { layers: trainableWeights(this.model), frozen };
    const { layers } = this.trainable;
    const variables = layers.flatMap(({ weights }) => weights.map(({ val }) => val));
    return tf.tidy(() => {
      const { logits, ...gradients } = this.replay(x, variables, frozen).run([x, y]);
      for (const { name, weights } of layers) {
        this.moved.add(name);
        for (const weight of weights)
          this.optimizer.update(weight.val, gradients[weight.val.id], this.ratesOf(name, weight));
      }
      return logits as tf.Tensor2D;
    });
  }

  /** The replay for this size of batch and for what is frozen now. */
  private replay(x: tf.Tensor4D, variables: tf.Variable[], frozen: string): Pick<Replay, "run"> {
    const work = ([x, y]: readonly tf.Tensor[]) => this.gradients(x, y as tf.Tensor2D, variables);
    if (!this.isSteady) return { run: work };
    const key = `${x.shape.join("×")}, frozen ${frozen}`;
    let replay = this.replays.get(key);
    if (!replay) {
      const all = this.model.weights.map((weight) => (weight as unknown as Weight).val);
      replay = new Replay(work, all);
      this.replays.set(key, replay);
    }
    return replay;
  }

  /** The logits, and by its id the gradient of each variable. */
  private gradients(x: tf.Tensor, y: tf.Tensor2D, variables: tf.Variable[]): Record<string, tf.Tensor> {
    let logits!: tf.Tensor2D;
    const loss = (): tf.Scalar => {
      logits = tf.keep(this.apply(x) as tf.Tensor2D);
      return softmaxCrossEntropy(logits, y);
    };
    const { value, grads } = lossAndGradients(loss, variables);
    value.dispose();
    const results: Record<string, tf.Tensor> = { logits: tf.clone(logits) };
    logits.dispose();
    for (const { id, name } of variables) results[id] = grads[name];
    return results;
  }

  dispose(): void {
    for (const replay of this.replays.values()) replay.dispose();
    this.replays.clear();
  }
}
