/** The leaky ReLU's gradient: stock composes `where(x > 0, dy, α · dy)` of four operations. */
import { attribute, executeOne, T_FLOAT32 } from "./execute";
import { replaceGradient } from "./gradient";

replaceGradient("LeakyRelu", {
  inputs: ["x"],
  gradient: (dy, [x], { alpha }) => ({
    x: () => executeOne("LeakyReluGrad", [T_FLOAT32, attribute.float("alpha", alpha as number)], [dy, x]),
  }),
});
