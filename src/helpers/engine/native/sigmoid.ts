/** The sigmoid's gradient: stock composes `dy · y · (1 − y)` of three operations. */
import { executeOne, T_FLOAT32 } from "./execute";
import { replaceGradient } from "./gradient";

replaceGradient("Sigmoid", {
  output: true,
  gradient: (dy, [y]) => ({ x: () => executeOne("SigmoidGrad", [T_FLOAT32], [y, dy]) }),
});
