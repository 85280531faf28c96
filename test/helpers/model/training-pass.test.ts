import assert from "node:assert/strict";
import { test } from "node:test";
import { lossAndGradients, tf } from "../../../src/helpers/engine";
import {
  prepareForTraining,
  repeatsItself,
  trainableWeights,
  trainingPass,
} from "../../../src/helpers/model";
import { operationsOf } from "../engine/native/compare";
import { assertClose, tinyNet, withoutLeaks } from "../tiny";

const SHAPE: [number, number, number] = [12, 12, 3];
const seeded = { kernelInitializer: tf.initializers.heNormal({ seed: 1 }) };
const conv = (more: object = {}): tf.layers.Layer =>
  tf.layers.conv2d({ filters: 6, kernelSize: 3, biasInitializer: "ones", ...seeded, ...more });
const pool = (): tf.layers.Layer => tf.layers.maxPooling2d({ poolSize: 2 });

function sequence(...layers: tf.layers.Layer[]): tf.LayersModel {
  const scale = tf.layers.rescaling({ scale: 1, inputShape: SHAPE });
  const head = [tf.layers.globalAveragePooling2d({}), tf.layers.dense({ units: 2, ...seeded })];
  return tf.sequential({ layers: [scale, ...layers, ...head] });
}

/** Two layers take what the convolution gives: its ReLU cannot wait. */
function shared(): tf.LayersModel {
  const input = tf.input({ shape: SHAPE });
  const relu = tf.layers.reLU().apply(conv({ padding: "same" }).apply(input));
  const pooled = pool().apply(relu);
  const strided = conv({ strides: 2, padding: "same" }).apply(relu);
  const sum = tf.layers.add().apply([pooled, strided] as tf.SymbolicTensor[]);
  const mean = tf.layers.globalAveragePooling2d({}).apply(sum);
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 2 }).apply(mean) as tf.SymbolicTensor });
}

const norm = (): tf.layers.Layer => tf.layers.batchNormalization();
const activation = (name: "relu6" | "tanh"): tf.layers.Layer => tf.layers.activation({ activation: name });

const kinds: Record<string, { make: () => tf.LayersModel; poolsBefore?: string; poolsAfter?: string }> = {
  "a convolution with bias and ReLU": {
    make: () => sequence(conv({ activation: "relu" }), pool()),
    poolsBefore: "Relu",
  },
  "a bias, a ReLU of its own": {
    make: () => sequence(conv(), tf.layers.reLU(), pool()),
    poolsBefore: "Relu",
  },
  "a leaky ReLU after batch norm": {
    make: () => sequence(conv(), norm(), tf.layers.leakyReLU(), pool()),
    poolsBefore: "LeakyRelu",
  },
  "a ReLU6": { make: () => sequence(conv(), activation("relu6"), pool()), poolsBefore: "Relu6" },
  "a tanh, which stays where it is": {
    make: () => sequence(conv({ useBias: false }), activation("tanh"), pool()),
    poolsAfter: "Tanh",
  },
  "a ReLU that somebody else takes, too": { make: shared, poolsAfter: "Relu" },
  "two branches of the project's own": { make: () => tinyNet() },
};

for (const [name, { make, poolsBefore, poolsAfter }] of Object.entries(kinds))
  test(`a training pass gives what the model gives, and its gradients: ${name}`, () =>
    withoutLeaks(async () => {
      const model = make();
      prepareForTraining(model);
      const variables = trainableWeights(model).flatMap(({ weights }) => weights.map(({ val }) => val));
      const [height, width] = model.inputs[0].shape.slice(1) as number[];
      const x = tf.randomNormal([5, height, width, 3], 0, 2, "float32", 3);
      const loss = (apply: (x: tf.Tensor) => tf.Tensor) => (): tf.Scalar =>
        tf.sum(tf.mul(apply(x), tf.tensor1d([1, -2, 3].slice(0, model.outputs[0].shape[1]!))));
      const pass = trainingPass(model);
      const plain = (x: tf.Tensor): tf.Tensor => model.apply(x, { training: true }) as tf.Tensor;
      const ours = tf.tidy(() => lossAndGradients(loss(pass), variables));
      const stock = tf.tidy(() => tf.variableGrads(loss(plain), variables));
      assert.equal((await ours.value.data())[0], (await stock.value.data())[0]);
      for (const { name } of variables)
        assertClose(await ours.grads[name].data(), await stock.grads[name].data(), 1e-4);
      const ran = operationsOf(() => tf.dispose(tf.tidy(() => pass(x))));
      const pooled = ran.indexOf("MaxPool");
      if (poolsBefore) assert.ok(pooled < ran.indexOf(poolsBefore), ran.join());
      if (poolsAfter) assert.ok(pooled > ran.indexOf(poolsAfter), ran.join());
      tf.dispose([x, ours.value, stock.value, ours.grads, stock.grads]);
      model.dispose();
    }));

test("what draws numbers isn't steady, nor what nobody knows", () => {
  assert.ok(repeatsItself(tinyNet()));
  assert.ok(!repeatsItself(sequence(conv(), tf.layers.dropout({ rate: 0.5 }))));
  assert.ok(!repeatsItself(sequence(conv(), tf.layers.gaussianNoise({ stddev: 1 }))));
});
