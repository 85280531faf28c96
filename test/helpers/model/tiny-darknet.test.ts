import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  cardOf,
  layersOf,
  parametersOf,
  roleOf,
  weightedLayers,
  weightsOf,
} from "../../../src/helpers/model";
import { buildTinyDarknet } from "../../../src/helpers/model/tiny-darknet";
import { weightValues, withoutLeaks } from "../tiny";

test("it has 1,042,104 parameters, gives logits and takes bytes", () =>
  withoutLeaks(() => {
    const model = buildTinyDarknet({ classes: 1000, seed: 1 });
    assert.equal(
      layersOf(model).reduce((sum, { layer }) => sum + parametersOf(layer), 0),
      1_042_104,
    );
    assert.deepEqual(model.getLayer("leaky_re_lu_15").outputShape, [null, 14, 14, 128]);
    const { input, output, classes } = cardOf(model);
    assert.deepEqual([input.height, input.range, output, classes.length], [224, [0, 255], "logits", 1000]);
    model.dispose();
  }));

test("the same seed gives the same parameters", () =>
  withoutLeaks(() => {
    const [a, b] = [1, 1].map((seed) => buildTinyDarknet({ inputShape: [32, 32, 3], classes: 2, seed }));
    assert.deepEqual(weightValues(a), weightValues(b));
    [a, b].forEach((model) => model.dispose());
  }));

test("too small images are refused", () =>
  assert.throws(
    () => buildTinyDarknet({ inputShape: [8, 16, 3], classes: 2, seed: 1 }),
    /Cannot build a Tiny Darknet: an image is at least 16×16.*Received: \[8, 16, 3\]/,
  ));

const mirror = process.env.TRANSFER_LAB_MIRROR;
const skip = mirror ? false : "needs the published network: set TRANSFER_LAB_MIRROR";

test("its weights are those of the published network, by name and shape", { skip }, () =>
  withoutLeaks(() => {
    const published = JSON.parse(readFileSync(join(mirror!, "tiny-darknet/model.json"), "utf8")) as {
      weightsManifest: { weights: { name: string; shape: number[] }[] }[];
    };
    const wanted = published.weightsManifest.flatMap(({ weights }) =>
      weights.map(({ name, shape }) => `${name} ${shape.join("×")}`),
    );
    const model = buildTinyDarknet({ classes: 1000, seed: 1 });
    const ours = weightedLayers(model).flatMap(({ name, layer }) =>
      weightsOf(layer).map((weight) => `${name}/${roleOf(weight)} ${weight.shape.join("×")}`),
    );
    assert.deepEqual(ours.sort(), wanted.sort());
    model.dispose();
  }),
);
