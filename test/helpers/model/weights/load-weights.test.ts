/** Weights that Keras and PyTorch saved give what they gave there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { tf } from "../../../../src/helpers/engine";
import { buildConvNet, cardOf, describeCard } from "../../../../src/helpers/model";
import { buildMobileNet } from "../../../../src/helpers/model/mobilenet";
import { buildTinyDarknet } from "../../../../src/helpers/model/tiny-darknet";
import { loadWeights } from "../../../../src/helpers/model/weights/load-weights";
import { weightValues, withoutLeaks } from "../../tiny";
import { expected, fixture, formulaImages, formulaWeights, withFile } from "./formula";

const build: Record<string, () => tf.LayersModel> = {
  convnet: () => buildConvNet({ inputShape: [16, 16, 3], classes: 3, seed: 1 }),
  mobilenet: () => buildMobileNet({ alpha: 0.25, inputShape: [32, 32, 3], classes: 3, seed: 1 }),
  "tiny-darknet": () => buildTinyDarknet({ inputShape: [32, 32, 3], classes: 3, seed: 1 }),
};

/** What wrote each file. */
const FILES: Record<string, string> = {
  "convnet.keras": "Keras 3, a whole model with its optimizer, Keras' own names",
  "convnet.h5": "Keras 3, its older format, our names",
  "convnet-keras2.h5": "Keras 2, weights only, Keras' own names",
  "convnet.safetensors": "PyTorch, our names",
  "convnet-numbered.safetensors": "PyTorch, nn.Sequential, bfloat16",
  "mobilenet.weights.h5": "Keras 3's own MobileNet",
  "mobilenet.safetensors": "Hugging Face's MobileNet, 16 bits",
  "tiny-darknet.weights.h5": "Keras 3, Keras' own names",
  "tiny-darknet.safetensors": "PyTorch, nn.Sequential, 16 bits",
};

for (const [file, writer] of Object.entries(FILES))
  test(`${file} (${writer}) gives the outputs that it gave there`, () =>
    withoutLeaks(async () => {
      const model = build[/^(convnet|mobilenet|tiny-darknet)/.exec(file)![0]]();
      await withFile(file, fixture(file), (path) => loadWeights(model, path));
      assertFormula(model);
      await assertOutputs(model, file);
      model.dispose();
    }));

test("MobileNet pads as Keras does, also where sides don't halve evenly", () =>
  withoutLeaks(async () => {
    const model = buildMobileNet({ alpha: 0.25, inputShape: [45, 45, 3], classes: 3, seed: 1 });
    await withFile("net", fixture("mobilenet.weights.h5"), (path) => loadWeights(model, path));
    await assertOutputs(model, "mobilenet at 45 px");
    model.dispose();
  }));

async function assertOutputs(model: tf.LayersModel, which: string): Promise<void> {
  const images = formulaImages(model.inputs[0].shape[1]!);
  const logits = model.apply(images, { training: false }) as tf.Tensor;
  const differences = Array.from(await logits.data(), (y, i) => Math.abs(y - expected[which].flat()[i]));
  assert.ok(Math.max(...differences) <= 1e-4, `${Math.max(...differences)}`);
  images.dispose();
  logits.dispose();
}

/** Fails where a weight isn't exactly what the formula says. */
function assertFormula(model: tf.LayersModel): void {
  const values = weightValues(model);
  [...formulaWeights(model)].forEach(([name, wanted], i) => {
    const wrong = wanted.findIndex((value, j) => value !== values[i][j]);
    assert.ok(wrong < 0, `${name}: value ${wrong} is ${values[i][wrong]} instead of ${wanted[wrong]}`);
  });
}

test("the card names the file, and no seed", async () => {
  const model = build.convnet();
  await withFile("mine.keras", fixture("convnet.keras"), (path) => loadWeights(model, path));
  const { seed, accuracy, source } = cardOf(model);
  assert.deepEqual([seed, accuracy, source], [null, null, "mine.keras"]);
  assert.equal(describeCard(cardOf(model)), "convnet, from mine.keras");
  model.dispose();
});

test("what doesn't fit is listed, and changes nothing", () =>
  withoutLeaks(async () => {
    const model = buildConvNet({ inputShape: [32, 32, 3], classes: 2, seed: 1 });
    const before = weightValues(model);
    const load = (file: string): Promise<void> =>
      withFile(file, fixture(file), (path) => loadWeights(model, path));
    await assert.rejects(
      load("convnet.safetensors"),
      /^Error: Cannot load "convnet" from convnet\.safetensors: unfit head\.weight is \[3, 512\] instead of \[2, 2048\], head\.bias is \[3\] instead of \[2\]\. Nothing was changed\.$/,
    );
    await assert.rejects(
      load("mobilenet.safetensors"),
      /missing norm1\/gamma, .* and 13 more; unexpected mobilenet_v1\..* more; unfit .*conv_stem/,
    );
    await assert.rejects(load("mobilenet.weights.h5"), /missing conv1\/kernel, .*; unexpected layers\//);
    assert.deepEqual(weightValues(model), before);
    assert.equal(cardOf(model).seed, 1);
    model.dispose();
  }));

test("files that are no weights are refused", async () => {
  const model = build.convnet();
  const load = (bytes: Uint8Array) => withFile("file", bytes, (path) => loadWeights(model, path));
  await assert.rejects(load(Buffer.from("hello, this is a text")), /It is none of safetensors, \.keras/);
  await assert.rejects(load(new Uint8Array(0)), /It is none of safetensors/);
  await assert.rejects(
    loadWeights(model, "/nowhere/net.keras"),
    /Cannot load weights from "\/nowhere.*ENOENT/,
  );
  model.dispose();
});
