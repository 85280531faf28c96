import assert from "node:assert/strict";
import { test } from "node:test";
import { cardOf, layersOf, parametersOf } from "../../../src/helpers/model";
import { buildMobileNet } from "../../../src/helpers/model/mobilenet";
import { weightValues, withoutLeaks } from "../tiny";

const size = (alpha: number): number => {
  const model = buildMobileNet({ alpha, classes: 1000, seed: 1 });
  const sum = layersOf(model).reduce((total, { layer }) => total + parametersOf(layer), 0);
  model.dispose();
  return sum;
};

test("it has as many parameters as Keras says of its own", () =>
  withoutLeaks(() => {
    assert.equal(size(0.25), 470_072);
    assert.equal(size(1), 4_231_976);
  }));

test("layers are called as Keras calls them; the card says what goes in and comes out", () =>
  withoutLeaks(() => {
    const model = buildMobileNet({ alpha: 0.5, inputShape: [64, 96, 3], classes: ["cat", "dog"], seed: 1 });
    const names = layersOf(model).map(({ name }) => name);
    assert.deepEqual(names.slice(0, 5), ["rescale", "conv1", "conv1_bn", "conv1_relu", "conv_dw_1"]);
    assert.deepEqual(
      names.filter((name) => name.startsWith("conv_pad")),
      ["conv_pad_2", "conv_pad_4", "conv_pad_6", "conv_pad_12"],
    );
    assert.deepEqual(names.slice(-4), ["global_average_pooling2d", "reshape_1", "conv_preds", "reshape_2"]);
    assert.deepEqual(model.getLayer("conv_pw_13_relu").outputShape, [null, 2, 3, 512]);
    assert.deepEqual(model.outputs[0].shape, [null, 2]);
    const { input, classes, output, trainedOn } = cardOf(model);
    assert.deepEqual([input.height, input.width, input.range], [64, 96, [0, 255]]);
    assert.deepEqual([classes, output, trainedOn], [["cat", "dog"], "logits", []]);
    model.dispose();
  }));

test("the same seed gives the same parameters", () =>
  withoutLeaks(() => {
    const [a, b, c] = [1, 1, 2].map((seed) =>
      buildMobileNet({ alpha: 0.25, inputShape: [32, 32, 3], classes: 2, seed }),
    );
    assert.deepEqual(weightValues(a), weightValues(b));
    assert.notDeepEqual(weightValues(a)[0], weightValues(c)[0]);
    [a, b, c].forEach((model) => model.dispose());
  }));

test("an α, images or classes that leave nothing are refused", () => {
  const build = (alpha: number, side: number, classes: number) => () =>
    buildMobileNet({ alpha, inputShape: [side, side, 3], classes, seed: 1 });
  assert.throws(build(0.01, 32, 2), /Cannot build a MobileNet: α is 1\/32 or more\. Received: 0\.01\./);
  assert.throws(build(NaN, 32, 2), /Received: NaN/);
  assert.throws(build(0.25, 31, 2), /at least 32×32 with one channel\. Received: \[31, 31, 3\]/);
  assert.throws(build(0.25, 32, 1), /two or more distinct classes/);
});
