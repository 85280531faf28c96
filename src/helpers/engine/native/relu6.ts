/** ReLU6 and its gradient, which stock composes of six operations. Of layers, neither the activation of that name
 * nor `reLU({ maxValue: 6 })` is ReLU6, but a minimum or a clipping after ReLU, with the gradients of both. */
import { tf } from "../tf";
import { executeOne, T_FLOAT32 } from "./execute";
import { replaceGradient } from "./gradient";
import { usesNative } from "./switch";

replaceGradient("Relu6", {
  inputs: ["x"],
  gradient: (dy, [x]) => ({ x: () => executeOne("Relu6Grad", [T_FLOAT32], [dy, x]) }),
});

interface Activation {
  apply(x: tf.Tensor): tf.Tensor;
}

interface ReluLayer extends tf.layers.Layer {
  maxValue?: number;
}

// With names of their own, or they would take one from the count that names a person's layers.
const relu6 = tf.layers.activation({ name: "relu6", activation: "relu6" });
const { activation } = relu6 as unknown as { activation: Activation };
const prototype = Object.getPrototypeOf(activation) as Activation;
const stockApply = prototype.apply;
prototype.apply = function (x) {
  return usesNative() ? tf.relu6(x) : stockApply.call(this, x);
};

const layer = Object.getPrototypeOf(tf.layers.reLU({ name: "relu" })) as ReluLayer;
const stockCall = layer.call;
layer.call = function (this: ReluLayer, inputs, kwargs) {
  const x = Array.isArray(inputs) ? inputs[0] : inputs;
  return this.maxValue === 6 && usesNative() ? tf.relu6(x) : stockCall.call(this, inputs, kwargs);
};
