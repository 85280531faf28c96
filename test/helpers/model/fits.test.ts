/** A network takes what it was trained on: the type, the size, the channels and the range. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { adapt, loadDataset, type Dataset, type Examples, type InputSpec } from "../../../src/helpers/data";
import { makePenDigits } from "../../../src/helpers/data/pen-digits";
import { inputOf } from "../../../src/helpers/data/registry";
import { makeScenes } from "../../../src/helpers/data/scenes";
import { tf } from "../../../src/helpers/engine";
import { accuracyVsDataSize, evaluate } from "../../../src/helpers/evaluate";
import { checkGivesLogits, setCard } from "../../../src/helpers/model";
import { checkTakes } from "../../../src/helpers/model/fits";
import { setReporter } from "../../../src/helpers/report";
import { fineTune, pretrain } from "../../../src/helpers/train";
import { stripes, tinyNet, withoutLeaks } from "../tiny";
import { publishedMobileNet } from "./published";

const LECTURE =
  "what a network has learned — edges, shapes — transfers only between data of the same input type";

/** Stripes with something changed about their input; the values are made to fit. */
function changed(change: Partial<InputSpec>, classes?: string[]): Examples {
  const own = stripes(6, 1, classes);
  const input = { ...own.input, ...change };
  const images = new Float32Array(6 * input.height * input.width * input.channels);
  return { ...own, input, images };
}

/** Every door that examples go through. */
const DOORS: [string, (model: tf.LayersModel, examples: Examples) => Promise<unknown>][] = [
  ["fine-tune", (model, examples) => fineTune(model, examples, { seed: 1 })],
  ["evaluate", (model, examples) => evaluate(model, examples)],
  ["train", (model, examples) => pretrain(model, examples, { seed: 1, steps: 1 })],
  [
    "fine-tune",
    (model, examples) =>
      accuracyVsDataSize({
        source: model,
        target: {
          name: "set",
          train: examples,
          test: examples,
          classes: examples.classes,
          input: examples.input,
        },
        sizes: [3],
        strategies: ["option-1"],
        seeds: 1,
      }),
  ],
];

test("other types, sizes, channels, ranges are refused at every door, with the call that mends them", () =>
  withoutLeaks(async () => {
    const model = tinyNet();
    const mend = "Call adapt(examples, { like: model }) first.";
    for (const [action, enter] of DOORS) {
      const refusals: [Partial<InputSpec>, string][] = [
        [{ type: "audio" }, `"convnet" takes image, the examples are audio; ${LECTURE}.`],
        [{ type: "text", height: 9 }, `"convnet" takes image, the examples are text; ${LECTURE}.`],
        [{ height: 20 }, `"convnet" takes images of 16×16×3, the examples are 20×16×3. ${mend}`],
        [{ channels: 1 }, `"convnet" takes images of 16×16×3, the examples are 16×16×1. ${mend}`],
        [{ range: [0, 1] }, `"convnet" takes values 0…255, the examples have 0…1. ${mend}`],
      ];
      for (const [change, message] of refusals)
        await assert.rejects(enter(model, changed(change)), { message: `Cannot ${action}: ${message}` });
    }
    model.dispose();
  }));

test("what adapt makes of them fits", () =>
  withoutLeaks(async () => {
    const model = tinyNet();
    setReporter({ line: () => {}, progress: () => {} });
    try {
      for (const change of [{ height: 20 }, { channels: 1 }, { range: [0, 1] as [number, number] }]) {
        const fitting = adapt(changed(change), { like: model });
        checkTakes(model, fitting, "look");
        await evaluate(model, fitting);
      }
    } finally {
      setReporter();
    }
    model.dispose();
  }));

test("a data set of another type is refused before it is loaded or drawn", () =>
  withoutLeaks(async () => {
    const model = tinyNet();
    setCard(model, { input: { type: "audio", height: 16, width: 16, channels: 3, range: [0, 1] } });
    for (const name of ["cifar10", "scenes", "pen-digits"] as const)
      await assert.rejects(loadDataset(name, { like: model }), {
        message: `Cannot adapt ${name} from image to audio: ${LECTURE}.`,
      });
    assert.deepEqual(makeScenes({ train: 1, test: 1 }).input, inputOf("scenes"));
    assert.deepEqual(makePenDigits({ train: 1, test: 1 }).input, inputOf("pen-digits"));
    model.dispose();
  }));

test("other classes, no examples, and a whole data set instead of a part", () =>
  withoutLeaks(async () => {
    const model = tinyNet();
    const two = changed({}, ["a", "b"]);
    await assert.rejects(
      evaluate(model, two),
      /tells 3 classes apart, the examples have 2. Call replaceHead\(model/,
    );
    checkTakes(model, two, "look"); // what they are called matters not
    await assert.rejects(evaluate(model, { ...two, count: 0 }), /there are no examples/);
    const set = { name: "set", train: two, test: two, classes: [], input: two.input } as Dataset;
    await assert.rejects(
      evaluate(model, set as unknown as Examples),
      /such as a data set's .train. Received: an object with name/,
    );
    model.dispose();
  }));

test("what a network leaves open, its card says; one without a card takes any range", () =>
  withoutLeaks(() => {
    const input = tf.input({ shape: [null, null, 3] });
    const pooled = tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }).apply(input);
    const model = tf.model({ name: "open", inputs: input, outputs: pooled as tf.SymbolicTensor });
    checkTakes(model, changed({ height: 20, range: [0, 1] }), "look");
    setCard(model, { input: { type: "image", height: 32, width: 32, channels: 3, range: [0, 255] } });
    assert.throws(
      () => checkTakes(model, stripes(3), "look"),
      /takes images of 32×32×3, the examples are 16×16×3/,
    );
    const flat = tf.sequential({ name: "flat", layers: [tf.layers.dense({ units: 3, inputShape: [768] })] });
    assert.throws(
      () => checkTakes(flat, stripes(3), "look"),
      /takes images of 768, the examples are 16×16×3/,
    );
    model.dispose();
    flat.dispose();
  }));

test("a softmax is found behind whatever only reshapes it", () =>
  withoutLeaks(() => {
    const published = publishedMobileNet({ side: 32, classes: 4 });
    assert.throws(() => checkGivesLogits(published, "train"), /ends in a softmax, and training needs logits/);
    const inside = (activation: "softmax" | "linear"): tf.LayersModel =>
      tf.sequential({
        layers: [
          tf.layers.dense({ units: 3, inputShape: [4], activation }),
          tf.layers.dropout({ rate: 0.5 }),
        ],
      });
    const [soft, linear] = [inside("softmax"), inside("linear")];
    assert.throws(() => checkGivesLogits(soft, "train"), /ends in a softmax/);
    checkGivesLogits(linear, "train");
    [published, soft, linear].forEach((model) => model.dispose());
  }));
