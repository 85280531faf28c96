import assert from "node:assert/strict";
import { test } from "node:test";
import { buildConvNet, cardOf, layersOf, parametersOf } from "../../../src/helpers/model";
import { weightValues, withoutLeaks } from "../tiny";

test("the network has the named layers and 263,210 parameters", () =>
  withoutLeaks(() => {
    const model = buildConvNet({ inputShape: [32, 32, 3], classes: 10, seed: 1 });
    const layers = layersOf(model);
    assert.equal(
      layers.reduce((sum, { layer }) => sum + parametersOf(layer), 0),
      263_210,
    );
    const names = layers.map(({ name }) => name).filter((name) => /conv|head/.test(name));
    assert.deepEqual(names, ["conv1", "conv2", "conv3", "conv4", "head"]);
    assert.deepEqual(model.getLayer("flatten").outputShape, [null, 2048]);
    assert.deepEqual(cardOf(model).classes, [..."0123456789"]);
    model.dispose();
  }));

test("the same seed gives the same parameters, another seed others", () =>
  withoutLeaks(() => {
    const models = [1, 1, 2].map((seed) => buildConvNet({ inputShape: [16, 16, 1], classes: 2, seed }));
    const [a, b, c] = models.map(weightValues);
    assert.deepEqual(a, b);
    assert.notDeepEqual(a[0], c[0]);
    models.forEach((model) => model.dispose());
  }));

test("conv1 starts with a tenth of He's standard deviation, conv2 with 1/√6 of it", () =>
  withoutLeaks(() => {
    const model = buildConvNet({ inputShape: [32, 32, 3], classes: 10, seed: 3 });
    const spread = (layer: string): number => {
      const values = Array.from(model.getLayer(layer).getWeights()[0].dataSync());
      return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    };
    assert.ok(Math.abs(spread("conv1") / (0.1 * Math.sqrt(2 / 75)) - 1) < 0.06, `conv1: ${spread("conv1")}`);
    assert.ok(Math.abs(spread("conv2") / Math.sqrt(1 / 3 / 288) - 1) < 0.03, `conv2: ${spread("conv2")}`);
    model.dispose();
  }));

test("too small images and single or doubled classes are refused", () => {
  const build = (side: number, classes: string[] | number) => () =>
    buildConvNet({ inputShape: [side, side, 3], classes, seed: 1 });
  assert.throws(build(8, 10), /at least 16×16.*Received: \[8, 8, 3\]/);
  assert.throws(build(32, 1), /two or more distinct classes.*Received: 1/);
  assert.throws(build(32, ["a", "a"]), /two or more distinct classes/);
});
