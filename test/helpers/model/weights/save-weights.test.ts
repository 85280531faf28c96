import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { tf } from "../../../../src/helpers/engine";
import { buildConvNet } from "../../../../src/helpers/model";
import { buildMobileNet } from "../../../../src/helpers/model/mobilenet";
import { buildTinyDarknet } from "../../../../src/helpers/model/tiny-darknet";
import { loadWeights } from "../../../../src/helpers/model/weights/load-weights";
import { readSafetensors } from "../../../../src/helpers/model/weights/safetensors";
import { saveWeights } from "../../../../src/helpers/model/weights/save-weights";
import { withoutLeaks } from "../../tiny";
import { assertSameWeights, fixture, withFile } from "./formula";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "weights-"));
  try {
    await withoutLeaks(() => work(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const builds: ((seed: number) => tf.LayersModel)[] = [
  (seed) => buildConvNet({ inputShape: [16, 24, 1], classes: 3, seed }),
  (seed) => buildMobileNet({ alpha: 0.25, inputShape: [32, 32, 3], classes: 3, seed }),
  (seed) => buildTinyDarknet({ inputShape: [32, 32, 3], classes: 3, seed }),
];

for (const layout of ["torch", "keras"] as const)
  test(`what was saved in the order of ${layout} is loaded again, the same to the bit`, () =>
    inFolder(async (folder) => {
      for (const build of builds) {
        const [source, target] = [build(1), build(2)];
        const file = join(folder, "new/weights.safetensors");
        await saveWeights(source, file, { layout });
        await loadWeights(target, file);
        assertSameWeights(target, source);
        assert.deepEqual(readdirSync(join(folder, "new")), ["weights.safetensors"]);
        source.dispose();
        target.dispose();
      }
    }));

test("a PyTorch file comes back as it was: names, shapes, values", () =>
  inFolder(async (folder) => {
    const model = buildConvNet({ inputShape: [16, 16, 3], classes: 3, seed: 1 });
    const theirs = fixture("convnet.safetensors");
    await withFile("net", theirs, (path) => loadWeights(model, path));
    const file = join(folder, "ours.safetensors");
    await saveWeights(model, file);
    const wanted = readSafetensors(theirs);
    const ours = readSafetensors(readFileSync(file));
    for (const name of wanted.keys()) if (name.endsWith("num_batches_tracked")) wanted.delete(name);
    assert.deepEqual([...ours.keys()].sort(), [...wanted.keys()].sort());
    for (const [name, { shape, values }] of wanted) {
      assert.deepEqual(ours.get(name)!.shape, shape, name);
      assert.ok(Buffer.from(ours.get(name)!.values.buffer).equals(Buffer.from(values.buffer)), name);
    }
    model.dispose();
  }));

test("what PyTorch has no known order for, and a layout of no name, are refused", () =>
  inFolder(async (folder) => {
    const file = join(folder, "x.safetensors");
    const model = tf.sequential({
      layers: [tf.layers.separableConv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 3] })],
    });
    await assert.rejects(saveWeights(model, file), /of a SeparableConv2D layer: it is known for Conv2D/);
    await saveWeights(model, file, { layout: "keras" });
    await assert.rejects(
      saveWeights(model, file, { layout: "onnx" as "keras" }),
      /Cannot save weights: the layout is "torch" or "keras"\. Received: "onnx"\./,
    );
    await assert.rejects(saveWeights(model, folder, { layout: "keras" }), /Cannot save weights as ".*EISDIR/);
    assert.deepEqual(readdirSync(folder), ["x.safetensors"]);
    model.dispose();
  }));
