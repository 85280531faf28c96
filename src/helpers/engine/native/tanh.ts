/** The hyperbolic tangent's gradient: stock composes `dy · (1 − y²)` of three operations. */
import { executeOne, T_FLOAT32 } from "./execute";
import { replaceGradient } from "./gradient";

replaceGradient("Tanh", {
  output: true,
  gradient: (dy, [y]) => ({ x: () => executeOne("TanhGrad", [T_FLOAT32], [y, dy]) }),
});
