/** ReLU's gradient: stock composes `dy · step(x)` of five operations. */
import { executeOne, T_FLOAT32 } from "./execute";
import { replaceGradient } from "./gradient";

// The output is positive exactly where the input is, and the next layer keeps it anyway.
replaceGradient("Relu", {
  output: true,
  gradient: (dy, [y]) => ({ x: () => executeOne("ReluGrad", [T_FLOAT32], [dy, y]) }),
});
