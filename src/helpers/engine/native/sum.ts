/** The gradient of a sum: that of the sum for every value. */
import { replaceGradient } from "./gradient";
import { hasValues, spread } from "./spread";

replaceGradient("Sum", {
  inputs: ["x"],
  fits: ([x]) => hasValues(x),
  gradient: (dy, [x], { axis }) => ({ x: () => spread(dy, x.shape, axis as number[]) }),
});
