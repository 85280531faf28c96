/** The gradient of a mean, such as global average pooling takes: the same share for every value. */
import { tf } from "../tf";
import { replaceGradient } from "./gradient";
import { hasValues, spread } from "./spread";

replaceGradient("Mean", {
  inputs: ["x"],
  fits: ([x]) => hasValues(x),
  gradient: (dy, [x], { axis }) => ({
    x: () => spread(tf.div(dy, x.size / dy.size), x.shape, axis as number[]),
  }),
});
