import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { evaluate } from "../../../src/helpers/evaluate";
import { setCard } from "../../../src/helpers/model";
import { assertClose, stripes, tinyNet, withoutLeaks } from "../tiny";

/** Gives the same logits for every image. */
function constantModel(logits: number[], softmax = false): tf.LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [16, 16, 3] }),
      tf.layers.dense({ units: 3, kernelInitializer: "zeros", ...(softmax && { activation: "softmax" }) }),
    ],
  });
  const bias = tf.tensor1d(logits);
  const kernel = tf.zeros([768, 3]);
  model.setWeights([kernel, bias]);
  tf.dispose([kernel, bias]);
  return model;
}

test("accuracy, loss, classes and confusion of a model that is known", () =>
  withoutLeaks(async () => {
    const model = constantModel([0, 2, 1]);
    const { accuracy, loss, perClass, confusion, low, high, predictions, confidences } = await evaluate(
      model,
      stripes(10), // labels 4, 3, 3
    );
    assert.equal(accuracy, 0.3);
    assert.ok(low < 0.3 && high > 0.3);
    const logSum = Math.log(1 + Math.E + Math.E ** 2);
    assert.ok(Math.abs(loss - (4 * logSum + 3 * (logSum - 2) + 3 * (logSum - 1)) / 10) < 1e-5);
    assert.deepEqual(predictions, new Int32Array(10).fill(1));
    assertClose(confidences, new Array(10).fill(Math.exp(2 - logSum)), 1e-6);
    assert.deepEqual(confusion, [
      [0, 4, 0],
      [0, 3, 0],
      [0, 3, 0],
    ]);
    assert.deepEqual(
      perClass.map(({ accuracy, count }) => [accuracy, count]),
      [
        [0, 4],
        [1, 3],
        [0, 3],
      ],
    );
    model.dispose();
  }));

test("probabilities give the same loss and confidences as their logits", () =>
  withoutLeaks(async () => {
    const [logits, probabilities] = [constantModel([0, 2, 1]), constantModel([0, 2, 1], true)];
    setCard(probabilities, { output: "probabilities" });
    const [a, b] = [await evaluate(logits, stripes(10)), await evaluate(probabilities, stripes(10))];
    assert.ok(Math.abs(a.loss - b.loss) < 1e-5);
    assertClose(a.confidences, b.confidences);
    [logits, probabilities].forEach((model) => model.dispose());
  }));

test("it agrees with stock evaluate, over more than one batch", async () => {
  const model = tinyNet();
  const examples = stripes(301);
  const ours = await evaluate(model, examples);
  model.compile({
    optimizer: "sgd",
    loss: (y, logits) => tf.losses.softmaxCrossEntropy(y, logits),
    metrics: ["accuracy"],
  });
  const x = tf.tensor4d(Float32Array.from(examples.images), [301, 16, 16, 3]);
  const y = tf.oneHot(tf.tensor1d(examples.labels, "int32"), 3);
  const [loss, accuracy] = (model.evaluate(x, y) as tf.Scalar[]).map((t) => t.dataSync()[0]);
  assert.ok(Math.abs(ours.loss - loss) < 1e-4 && Math.abs(ours.accuracy - accuracy) < 1e-6);
});
