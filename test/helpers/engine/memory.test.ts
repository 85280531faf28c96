import assert from "node:assert/strict";
import { test } from "node:test";
import { leakedTensors, tf } from "../../../src/helpers/engine";
import { replaceHead } from "../../../src/helpers/model";
import { tinyNet } from "../tiny";

test("the weights of living models are no leak, a forgotten tensor and a foreign variable are", () => {
  assert.equal(leakedTensors().leaked, 0);
  const source = tinyNet();
  const target = replaceHead(source, { classes: 2, seed: 1 });
  assert.equal(leakedTensors().leaked, 0);
  const forgotten = tf.ones([3]);
  assert.equal(leakedTensors().leaked, 1);
  forgotten.dispose();
  source.dispose();
  assert.equal(leakedTensors().leaked, 0);
  const { leaked, numTensors, peakMB } = leakedTensors();
  assert.ok(leaked === 0 && numTensors === target.weights.length && peakMB > 20);
  target.dispose();
  assert.deepEqual([leakedTensors().leaked, leakedTensors().numTensors], [0, 0]);
});
