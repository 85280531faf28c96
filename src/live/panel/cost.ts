/** How much a training step is, before it is measured. */
import { roleOf, weightedLayers, weightsOf, type tf } from "../../helpers";

interface LayerWork {
  name: string;
  /** Multiplications with additions for one example, forward. */
  forward: number;
}

/** Estimates the multiplications, each with an addition, of a training step.
 *
 * Every convolution and dense layer costs one for each weight and place that it is applied to, forward; as many for
 * the gradient of its weights where it trains; and as many to hand the gradient on where a layer below it trains. What
 * the frozen layers below all others give is computed once and kept, so that a step does not pay for it.
 *
 * @param frozen The names of the frozen layers.
 * @param batchSize Examples a step. */
export function multiplyAddsOf(
  model: tf.LayersModel,
  frozen: ReadonlySet<string>,
  batchSize: number,
): number {
  const layers = workOf(model);
  const lowest = layers.findIndex(({ name }) => !frozen.has(name));
  if (lowest < 0) return 0;
  const each = layers.slice(lowest).map(({ name, forward }, i) => {
    const passes = 1 + (frozen.has(name) ? 0 : 1) + (i > 0 ? 1 : 0);
    return passes * forward;
  });
  return batchSize * each.reduce((sum, work) => sum + work, 0);
}

function workOf(model: tf.LayersModel): LayerWork[] {
  return weightedLayers(model).map(({ name, layer }) => {
    const places = (layer.outputShape as number[]).slice(1, -1).reduce((product, side) => product * side, 1);
    const kernels = weightsOf(layer).filter((weight) => roleOf(weight).endsWith("kernel"));
    const weights = kernels.reduce(
      (sum, { shape }) => sum + shape.reduce<number>((product, side) => product * (side ?? 1), 1),
      0,
    );
    return { name, forward: places * weights };
  });
}
