import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { cardOf, loadModel, replaceHead, saveModel } from "../../../src/helpers/model";
import { tinyNet, weightValues, withoutLeaks } from "../tiny";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "transfer-lab-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a saved model comes back with its parameters and card, here and in plain TensorFlow.js", () =>
  inFolder((folder) =>
    withoutLeaks(async () => {
      const source = tinyNet(1, 10);
      const model = replaceHead(source, { classes: ["a", "b", "c"], seed: 2 });
      const at = join(folder, "deep", "model");
      await saveModel(model, at, {
        evaluation: { accuracy: 0.5, low: 0.4, high: 0.6, count: 100 },
        on: "stripes",
      });
      const again = await loadModel(at);
      assert.deepEqual(weightValues(again), weightValues(model));
      assert.deepEqual(cardOf(again), cardOf(model));
      assert.deepEqual(cardOf(again).accuracy, {
        value: 0.5,
        low: 0.4,
        high: 0.6,
        count: 100,
        on: "stripes",
      });
      const plain = await tf.loadLayersModel(pathToFileURL(join(at, "model.json")).href);
      assert.deepEqual(weightValues(plain), weightValues(model));
      [source, model, again, plain].forEach((m) => m.dispose());
    }),
  ));

test("saving replaces a model whole, leaves nothing else behind, and touches no foreign folder", () =>
  inFolder(async (folder) => {
    const model = tinyNet();
    const at = join(folder, "model");
    await saveModel(model, at);
    await saveModel(model, at);
    assert.deepEqual(await readdir(folder), ["model"]);
    assert.deepEqual((await readdir(at)).sort(), ["card.json", "model.json", "weights.bin"]);
    await writeFile(join(folder, "thesis.txt"), "all of it");
    await assert.rejects(saveModel(model, folder), /holds other things \(model, thesis.txt\)/);
    assert.equal(await readFile(join(folder, "thesis.txt"), "utf8"), "all of it");
    await assert.rejects(saveModel(model, join(folder, "thesis.txt")), /Cannot save a model/);
    model.dispose();
  }));

test("a missing or damaged file is named", () =>
  inFolder(async (folder) => {
    const model = tinyNet();
    const at = join(folder, "model");
    await saveModel(model, at);
    await assert.rejects(loadModel(folder), /there is no card.json/);
    const weights = await readFile(join(at, "weights.bin"));
    await writeFile(join(at, "weights.bin"), weights.subarray(0, 1000));
    await assert.rejects(loadModel(at), /model.json or weights.bin is missing or damaged/);
    await writeFile(join(at, "weights.bin"), weights);
    await writeFile(join(at, "card.json"), '{"classes": ["one"]');
    await assert.rejects(loadModel(at), /card.json is damaged/);
    const wrong = { ...cardOf(model), classes: ["x", "y"] };
    await writeFile(join(at, "card.json"), JSON.stringify(wrong));
    await assert.rejects(loadModel(at), /3 outputs, but its card names 2 classes/);
    model.dispose();
  }));
