/** The gradient of batch norm with fixed statistics, as frozen layers have it. Stock tiles the statistics over all
 * images first; here what is as short as the channels is computed first. */
import { tf } from "../tf";
import { replaceGradient } from "./gradient";

replaceGradient("FusedBatchNorm", {
  inputs: ["x", "mean", "variance", "scale"],
  fits: (saved) => saved.slice(1).every((statistic) => statistic.rank === 1),
  gradient: (dy, [x, mean, variance, scale], attrs) => {
    const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
    const epsilon = attrs.varianceEpsilon as number;
    const inverse = (): tf.Tensor => tf.rsqrt(tf.add(variance, epsilon));
    const slope = (): tf.Tensor => tf.mul(inverse(), scale);
    const pulled = (): tf.Tensor => tf.sum(dy, axes);
    const turned = (): tf.Tensor => tf.sum(tf.mul(dy, tf.sub(x, mean)), axes);
    return {
      x: () => tf.mul(dy, slope()),
      mean: () => tf.neg(tf.mul(slope(), pulled())),
      variance: () => tf.mul(tf.mul(slope(), turned()), tf.div(-0.5, tf.add(variance, epsilon))),
      scale: () => tf.mul(turned(), inverse()),
      offset: () => pulled(),
    };
  },
});
