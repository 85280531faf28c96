/** One step of a training on the device: a batch in, moved parameters and the batch's logits out. */
import { lossAndGradients, Replays, softmaxCrossEntropy, tf } from "../engine";
import { isFrozen, layersOf, repeatsItself, trainableWeights, type NamedLayer, type Weight } from "../model";
import { dealOut, scalarsOf, type Optimizer, type Rates } from "./optimizer";
import type { Batch } from "./prefix-cache";

export class TrainingStep {
  /** The names of the layers that some step could move. */
  readonly moved = new Set<string>();
  private readonly layers: NamedLayer[];
  private readonly replays: Replays;
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
    this.replays = new Replays(model.weights.map((weight) => (weight as unknown as Weight).val));
  }

  /** Moves what isn't frozen now.
   * @param batch Borrowed.
   * @param y `[batch, classes]`, one-hot; borrowed.
   * @param weights `[batch]`, how much each example counts; borrowed.
   * @returns The logits before the move, `[batch, classes]`; the caller disposes them. */
  run(batch: Batch, y: tf.Tensor2D, weights?: tf.Tensor1D): tf.Tensor2D {
    const frozen = this.layers.map(({ layer }) => (isFrozen(layer) ? "1" : "0")).join("");
    if (this.trainable?.frozen !== frozen) this.trainable = { layers: trainableWeights(this.model), frozen };
    const parts = this.trainable.layers.flatMap(({ name, weights }) =>
      weights.map((weight) => ({ layer: name, weight })),
    );
    for (const { layer } of parts) this.moved.add(layer);
    const variables = parts.map(({ weight }) => weight.val);
    const inputs = [batch.x, y, ...(weights ? [weights] : [])];
    return tf.tidy(() => {
      const numbers = scalarsOf(
        parts.map(({ layer, weight }) => this.optimizer.numbers(weight.val, this.ratesOf(layer, weight))),
      );
      const key = [batch.from, frozen, weights ? "weighted" : "", numbers.key, ...batch.x.shape].join();
      const work = ([x, y, ...rest]: readonly tf.Tensor[]): { logits: tf.Tensor } => {
        const weights = rest.splice(0, inputs.length - 2)[0] as tf.Tensor1D | undefined;
        const { logits, gradients } = passOver(batch.logitsOf, variables, x, y as tf.Tensor2D, weights);
        dealOut(rest, numbers.key).forEach((numbers, i) =>
          this.optimizer.update(variables[i], gradients[i], numbers),
        );
        return { logits };
      };
      const all = [...inputs, ...numbers.all];
      const { logits } = this.isSteady ? this.replays.of(key, work).run(all) : work(all);
      return logits as tf.Tensor2D;
    });
  }
}

/** The logits, and the gradient of each variable. The surrounding `tf.tidy` owns them. */
function passOver(
  logitsOf: Batch["logitsOf"],
  variables: tf.Variable[],
  x: tf.Tensor,
  y: tf.Tensor2D,
  weights?: tf.Tensor1D,
): { logits: tf.Tensor2D; gradients: tf.Tensor[] } {
  let logits!: tf.Tensor2D;
  const loss = (): tf.Scalar => {
    logits = tf.keep(logitsOf(x));
    return softmaxCrossEntropy(logits, y, weights);
  };
  const { grads } = lossAndGradients(loss, variables);
  const mine = tf.clone(logits);
  logits.dispose();
  return { logits: mine, gradients: variables.map(({ name }) => grads[name]) };
}
