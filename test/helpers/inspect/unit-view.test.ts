import assert from "node:assert/strict";
import { test } from "node:test";
import type { InputSpec } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { mapsAt, responseStep } from "../../../src/helpers/inspect/response-step";
import { allPlaces, answersOf, cropped, middlePlace } from "../../../src/helpers/inspect/unit-view";
import { buildConvNet, graphOf, initialize, stepNamed } from "../../../src/helpers/model";
import { random } from "../../../src/helpers/random";
import { assertClose, withoutLeaks } from "../tiny";

const specOf = (height: number, width: number, channels = 3): InputSpec => ({
  ...{ type: "image", height, width, channels },
  range: [0, 1],
});

function noise({ height, width, channels }: InputSpec, seed = 1): tf.Tensor4D {
  const chance = random(seed);
  const values = Float32Array.from({ length: height * width * channels }, () => chance.uniform());
  return tf.tensor4d(values, [1, height, width, channels]);
}

type Apply = (x: tf.SymbolicTensor) => tf.SymbolicTensor;
const conv =
  (name: string, kernelSize: number, more: object = {}): Apply =>
  (x) =>
    tf.layers
      .conv2d({ name, filters: 5, kernelSize, padding: "same", ...more })
      .apply(x) as tf.SymbolicTensor;

function network(height: number, width: number, build: Apply): tf.LayersModel {
  const input = tf.input({ shape: [height, width, 3] });
  const model = tf.model({ inputs: input, outputs: build(input) });
  initialize(model, { seed: 3 });
  return model;
}

const pool: Apply = (x) =>
  tf.layers.maxPooling2d({ poolSize: 2, padding: "same" }).apply(x) as tf.SymbolicTensor;
const layer =
  (one: tf.layers.Layer): Apply =>
  (x) =>
    one.apply(x) as tf.SymbolicTensor;
const chain =
  (...all: Apply[]): Apply =>
  (x) =>
    all.reduce((value, one) => one(value), x);
const enlarged = (x: tf.SymbolicTensor) => layer(tf.layers.upSampling2d({ size: [2, 2] }))(x);
const branch: Apply = (x) =>
  tf.layers.add().apply([conv("left", 3, { strides: 2 })(x), conv("right", 1)(pool(x))]) as tf.SymbolicTensor;

const CASES: Record<string, [model: () => tf.LayersModel, layer: string, canvas: [number, number]]> = {
  "a small field in a large image": [
    () => buildConvNet({ inputShape: [64, 48, 3], classes: 2, seed: 1 }),
    "conv1",
    [6, 6],
  ],
  deeper: [() => buildConvNet({ inputShape: [64, 48, 3], classes: 2, seed: 1 }), "conv3", [24, 24]],
  "odd sizes, strides of 3": [
    () => network(50, 41, chain(conv("a", 5, { strides: 3 }), conv("b", 3))),
    "b",
    [14, 14],
  ],
  "strides of 6": [
    () => network(40, 40, chain(conv("a", 3, { strides: 3 }), conv("b", 3, { strides: 2 }))),
    "b",
    [16, 16],
  ],
  "strides that don't divide each other": [
    () =>
      network(48, 48, chain(pool, enlarged, layer(tf.layers.maxPooling2d({ poolSize: 3 })), conv("b", 3))),
    "b",
    [12, 12],
  ],
  "branches that pad differently": [() => network(37, 38, chain(branch, conv("b", 3))), "b", [9, 8]],
  "valid padding and cropping": [
    () =>
      network(
        40,
        40,
        chain(
          conv("a", 5, { padding: "valid" }),
          layer(
            tf.layers.cropping2D({
              cropping: [
                [3, 1],
                [2, 2],
              ],
            }),
          ),
          conv("b", 3),
        ),
      ),
    "b",
    [40, 40],
  ],
  "a map that is enlarged": [
    () => network(40, 40, chain(pool, conv("a", 3), enlarged, conv("b", 3))),
    "b",
    [8, 8],
  ],
  "weights for each place": [
    () =>
      network(
        24,
        24,
        chain(conv("a", 3), layer(tf.layers.prelu({ alphaInitializer: "randomNormal" })), conv("b", 3)),
      ),
    "b",
    [24, 24],
  ],
  "a field that reaches over the border": [
    () => network(16, 16, chain(pool, conv("a", 7), conv("b", 5))),
    "b",
    [16, 16],
  ],
  "a field that is cut off": [
    () =>
      network(
        20,
        20,
        chain(
          layer(
            tf.layers.cropping2D({
              cropping: [
                [9, 9],
                [9, 9],
              ],
            }),
          ),
          conv("b", 3),
        ),
      ),
    "b",
    [20, 20],
  ],
  "a dense layer": [() => buildConvNet({ inputShape: [16, 20, 3], classes: 4, seed: 1 }), "head", [16, 20]],
};

for (const [name, [build, layerName, canvas]] of Object.entries(CASES))
  test(`the canvas gives the answer of the whole image: ${name}`, async () => {
    const model = build();
    await withoutLeaks(() => {
      const graph = graphOf(model);
      const input = specOf(...(model.inputs[0].shape.slice(1) as [number, number, number]));
      const at = responseStep(graph, stepNamed(graph, layerName, "test"));
      const view = middlePlace(graph, at.step, input);
      assert.deepEqual([view.canvas.height, view.canvas.width], canvas);
      tf.tidy(() => {
        const image = noise(input);
        const [maps] = mapsAt(graph, image, [at]);
        const { box, onCanvas } = view;
        const [top, left] = [box.top - onCanvas.top, box.left - onCanvas.left];
        const part = tf.slice(image, [0, top, left, 0], [1, ...canvas, 3]);
        const middle =
          maps.rank === 4 ? [0, Math.floor(maps.shape[1]! / 2), Math.floor(maps.shape[2]! / 2), 0] : [0, 0];
        const expected = tf.slice(maps, middle, maps.rank === 4 ? [1, 1, 1, -1] : [1, -1]).dataSync();
        const units = Array.from(expected, (_, unit) => unit);
        const found = units.map(
          (unit) => answersOf(mapsAt(graph, part as tf.Tensor4D, [at])[0], [unit], view).dataSync()[0],
        );
        assertClose(found, expected, 1e-5 * Math.max(1, ...expected.map(Math.abs)));

        // What lies outside of what it sees doesn't matter; what lies inside does.
        const seen = cropped(part.dataSync() as Float32Array, 0, view);
        assert.deepEqual([seen.height, seen.width], [box.bottom - box.top, box.right - box.left]);
        const pasted = Float32Array.from(noise(input, 2).dataSync());
        for (let y = 0; y < seen.height; y++)
          pasted.set(
            seen.pixels.subarray(y * seen.width * 3, (y + 1) * seen.width * 3),
            ((box.top + y) * input.width + box.left) * 3,
          );
        const [again] = mapsAt(graph, tf.tensor4d(pasted, image.shape), [at]);
        assertClose(
          tf.slice(again, middle, maps.rank === 4 ? [1, 1, 1, -1] : [1, -1]).dataSync(),
          expected,
          1e-5 * Math.max(1, ...expected.map(Math.abs)),
        );
      });
    });
    model.dispose();
  });

test("all places answer with their mean", () => {
  tf.tidy(() => {
    const maps = tf.tensor4d([1, 10, 2, 20, 3, 30, 6, 60, 5, 0, 5, 0, 5, 0, 5, 4], [2, 2, 2, 2]);
    const view = allPlaces(specOf(2, 2));
    assertClose(answersOf(maps, [1, 0], view).dataSync(), [30, 5]);
    assertClose(answersOf(maps, [0, 1], view).dataSync(), [3, 1]);
    assertClose(answersOf(maps, [0, 1], { ...view, place: [1, 1] }).dataSync(), [6, 4]);
  });
});
