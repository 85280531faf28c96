import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { inferencePass } from "../../../src/helpers/model";
import { roleOf, type Weight } from "../../../src/helpers/model/layers";
import { buildMobileNet } from "../../../src/helpers/model/mobilenet";
import { random } from "../../../src/helpers/random";
import { operationsOf, withStock } from "../engine/native/compare";
import { assertClose, tinyNet, withoutLeaks } from "../tiny";

const SHAPE: [number, number, number] = [9, 9, 3];
const norm = (more: object = {}): tf.layers.Layer => tf.layers.batchNormalization({ epsilon: 1e-2, ...more });
const conv = (more: object = {}): tf.layers.Layer => tf.layers.conv2d({ filters: 5, kernelSize: 3, ...more });
const depthwise = (more: object = {}): tf.layers.Layer =>
  tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, ...more });

function sequence(...layers: tf.layers.Layer[]): tf.LayersModel {
  const scale = tf.layers.rescaling({ scale: 1 / 64, inputShape: SHAPE });
  const head = [tf.layers.globalAveragePooling2d({}), tf.layers.dense({ units: 2 })];
  return tf.sequential({ layers: [scale, ...layers, ...head] });
}

/** Batch norm and another layer take what the convolution gives. */
function shared(): tf.LayersModel {
  const input = tf.input({ shape: SHAPE });
  const sums = conv({ padding: "same" }).apply(input);
  const both = [norm().apply(sums), tf.layers.reLU().apply(sums)] as tf.SymbolicTensor[];
  const mean = tf.layers.globalAveragePooling2d({}).apply(tf.layers.add().apply(both));
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 2 }).apply(mean) as tf.SymbolicTensor });
}

const mobileNet = (): tf.LayersModel =>
  buildMobileNet({ alpha: 0.25, inputShape: [64, 64, 3], classes: 3, seed: 1 });

/** How many batch norms are left of each model. */
const kinds: Record<string, [make: () => tf.LayersModel, left: number]> = {
  "a convolution without bias": [() => sequence(conv({ useBias: false }), norm(), tf.layers.reLU()), 0],
  "a convolution with bias, strides, padding": [
    () => sequence(conv({ strides: 2, padding: "same" }), norm()),
    0,
  ],
  "a norm that doesn't scale": [() => sequence(conv(), norm({ scale: false })), 0],
  "a norm that doesn't shift": [() => sequence(conv(), norm({ center: false })), 0],
  "a depthwise convolution": [() => sequence(depthwise(), norm(), conv(), norm()), 0],
  "a depthwise convolution with bias": [() => sequence(depthwise({ useBias: true }), norm()), 0],
  "a convolution with an activation": [() => sequence(conv({ activation: "relu" }), norm()), 1],
  "a dilated convolution": [() => sequence(conv({ dilationRate: 2 }), norm()), 1],
  "a convolution that others use, too": [shared, 1],
  "pooling between convolution and norm": [() => tinyNet(), 3],
  MobileNet: [mobileNet, 0],
};

/** Parameters as a training leaves them: neither zeros nor ones, some scales below zero, variances above. */
function shake(model: tf.LayersModel): void {
  const chance = random(3);
  for (const weight of model.weights as unknown as Weight[])
    tf.tidy(() => {
      const noise = Float32Array.from({ length: weight.val.size }, () => 0.4 * chance.normal());
      const shaken = tf.add(weight.read(), tf.tensor(noise, weight.val.shape));
      weight.write(roleOf(weight) === "moving_variance" ? tf.add(tf.abs(shaken), 0.1) : shaken);
    });
}

for (const [name, [make, left]] of Object.entries(kinds))
  test(`an inference pass gives what the model gives: ${name}`, () =>
    withoutLeaks(async () => {
      const model = make();
      shake(model);
      const [height, width] = model.inputs[0].shape.slice(1) as number[];
      const x = tf.randomUniform([3, height, width, 3], 0, 255, "float32", 7);
      const expected = tf.tidy(() => model.apply(x, { training: false }) as tf.Tensor);
      const pass = inferencePass(model);
      const result = tf.tidy(() => pass.run(x));
      const values = await expected.data();
      const tolerance = 1e-4 * Math.max(1, ...values.map(Math.abs));
      assertClose(await result.data(), values, tolerance);
      const ran = operationsOf(() => tf.dispose(tf.tidy(() => pass.run(x))));
      assert.equal(
        ran.filter((operation) => operation.startsWith("FusedBatchNorm")).length,
        left,
        ran.join(),
      );
      const off = await withStock(() => tf.tidy(() => pass.run(x)));
      assertClose(await off.data(), values, tolerance);
      pass.dispose();
      tf.dispose([x, expected, result, off]);
      model.dispose();
    }));
