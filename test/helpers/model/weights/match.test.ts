import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../../src/helpers/engine";
import { buildConvNet, roleOf, weightedLayers, weightsOf } from "../../../../src/helpers/model";
import { importWeights } from "../../../../src/helpers/model/weights/import-weights";
import type { FileTensors } from "../../../../src/helpers/model/weights/tensors";
import { buildTinyDarknet } from "../../../../src/helpers/model/tiny-darknet";
import { weightValues, withoutLeaks } from "../../tiny";
import { assertSameWeights } from "./formula";

/** The weights of a model in its own order of axes, layers called as `rename` says. */
function tensorsOf(model: tf.LayersModel, rename: (layer: string, role: string) => string): FileTensors {
  return new Map(
    weightedLayers(model).flatMap(({ name, layer }) =>
      weightsOf(layer).map((weight) => [
        rename(name, roleOf(weight)),
        { shape: weight.shape as number[], values: weight.read().dataSync() as Float32Array },
      ]),
    ),
  );
}

/** Fails where a copy with other parameters doesn't become equal by importing. */
function assertImports(
  build: (seed: number) => tf.LayersModel,
  rename: (layer: string, role: string) => string,
  names?: Record<string, string>,
): void {
  tf.tidy(() => {
    const [source, target] = [build(1), build(2)];
    importWeights(target, tensorsOf(source, rename), { names });
    assertSameWeights(target, source);
    source.dispose();
    target.dispose();
  });
}

const convNet = (seed: number): tf.LayersModel => buildConvNet({ inputShape: [16, 16, 3], classes: 3, seed });
const darknet = (seed: number): tf.LayersModel =>
  buildTinyDarknet({ inputShape: [16, 16, 3], classes: 3, seed });

test("our own names are known, also behind others and before Keras' “:0”", () =>
  withoutLeaks(() => {
    assertImports(convNet, (layer, role) => `${layer}/${role}`);
    assertImports(convNet, (layer, role) => `model_weights/${layer}/sequential_3/${layer}/${role}:0`);
    assertImports(darknet, (layer, role) => `${layer}/${layer}/${role}:0`);
  }));

test("Keras' counts are taken in their order, wherever they begin", () =>
  withoutLeaks(() => {
    // The model's layers are conv2d_1 … conv2d_16: fifteen of these names are there, and none means the same.
    const shifted = (by: number) => (layer: string, role: string) => {
      const [, kind, number] = /^(.*)_(\d+)$/.exec(layer)!;
      const count = Number(number) + by;
      return `${kind}${count === 0 ? "" : `_${count}`}/${role}`;
    };
    assertImports(darknet, shifted(-1));
    assertImports(darknet, shifted(0));
    assertImports(darknet, shifted(7));
  }));

test("the caller's names win", () =>
  withoutLeaks(() => {
    const other: Record<string, string> = { conv1: "stem", norm1: "stem_norm", head: "output" };
    const names = Object.fromEntries(Object.entries(other).map(([ours, theirs]) => [theirs, ours]));
    assertImports(convNet, (layer, role) => `${other[layer] ?? layer}/${role}`, names);
    assertImports(
      convNet,
      (layer, role) => `${layer === "conv3" ? "conv4" : layer === "conv4" ? "x" : layer}/${role}`,
      {
        conv4: "conv3",
        x: "conv4",
      },
    );
  }));

test("nested models keep their names", () =>
  withoutLeaks(() => {
    const nested = (seed: number): tf.LayersModel => {
      const dense = (name: string) =>
        tf.layers.dense({ name, units: 4, kernelInitializer: tf.initializers.randomNormal({ seed }) });
      const trunk = tf.sequential({
        name: "trunk",
        layers: [tf.layers.inputLayer({ inputShape: [4] }), dense("a")],
      });
      return tf.sequential({ name: "whole", layers: [trunk, dense("b"), dense("c")] });
    };
    assertImports(nested, (layer, role) => `${layer}/${role}`);
    assertImports(nested, (layer, role) => `model_weights/${layer.split("/")[0]}/${layer}/${role}`);
  }));

/** What importing says of the weights of a network whose layers are called otherwise. */
function complaint(rename: (layer: string, role: string) => string, names?: Record<string, string>): string {
  return tf.tidy(() => {
    const model = convNet(1);
    const before = weightValues(model);
    let message = "";
    try {
      importWeights(model, tensorsOf(model, rename), { names, from: "x.h5" });
    } catch (error) {
      message = (error as Error).message;
    }
    assert.deepEqual(weightValues(model), before);
    model.dispose();
    return message;
  });
}

test("where names tell no order, nothing is guessed", () =>
  withoutLeaks(() => {
    const other: Record<string, string> = { conv3: "conv5" };
    assert.equal(
      complaint((layer, role) => `${other[layer] ?? layer}/${role}`),
      `Cannot load "convnet" from x.h5: missing conv3/kernel; unexpected conv5/kernel. Nothing was changed.`,
    );
    const torch: Record<string, string> = { kernel: "weight", gamma: "weight", beta: "bias" };
    assert.match(
      complaint((layer, role) => `${other[layer] ?? layer}.${torch[role] ?? role}`),
      /missing conv3\/kernel; unexpected conv5\.weight; unfit conv1\.weight is \[5, 5, 3, 32\] instead of \[32, 3, 5, 5\]/,
    );
    assert.match(
      complaint((layer, role) => `${layer}/${role}`.replace("norm2/gamma", "norm2/scale")),
      /missing norm2\/gamma; unexpected norm2\/scale\./,
    );
    assert.match(
      complaint((layer, role) => `a/${role}${layer}`),
      /missing conv1\/kernel, .* and 16 more; unexpected/,
    );
  }));

test("no tensor is passed over, not even one that comes twice", () =>
  withoutLeaks(() => {
    const model = convNet(1);
    const tensors = tensorsOf(model, (layer, role) => `${layer}/${role}`);
    tensors.set("model_weights/conv2/kernel:0", { ...tensors.get("conv2/kernel")! });
    tensors.set("extra", { shape: [], values: Float32Array.of(1) });
    assert.throws(
      () => importWeights(model, tensors),
      /from the file: unexpected model_weights\/conv2\/kernel:0, extra\. Nothing/,
    );
    model.dispose();
  }));

test("names that nothing is called are refused", () =>
  withoutLeaks(() => {
    const same = (layer: string, role: string): string => `${layer}/${role}`;
    assert.match(
      complaint(same, { stem: "conv1" }),
      /from x\.h5: it has no layer "stem", but "conv1", "norm1"/,
    );
    assert.match(
      complaint(same, { conv1: "stem" }),
      /the model has no layer "stem" with parameters, but "conv1"/,
    );
  }));

test("values that are no numbers are refused", () =>
  withoutLeaks(() => {
    const model = convNet(1);
    const tensors = tensorsOf(model, (layer, role) => `${layer}/${role}`);
    tensors.get("conv2/kernel")!.values = tensors.get("conv2/kernel")!.values.slice().fill(NaN, 5, 6);
    assert.throws(
      () => importWeights(model, tensors),
      /unfit conv2\/kernel holds values that are no numbers\./,
    );
    model.dispose();
  }));
