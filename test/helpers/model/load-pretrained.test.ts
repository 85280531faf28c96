import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import {
  cardOf,
  describeCard,
  graphOf,
  isFrozen,
  layersOf,
  loadModel,
  saveModel,
  weightedLayers,
} from "../../../src/helpers/model";
import { buildMobileNet, saveWeights } from "../../../src/helpers/model";
import { loadPretrained, type PretrainedOptions } from "../../../src/helpers/model/load-pretrained";
import { pretrained, pretrainedNames } from "../../../src/helpers/model/pretrained";
import type { Progress } from "../../../src/helpers/report";
import { withData } from "../data/make-files";
import { whileServingFiles, type Server } from "../data/serve-files";
import { assertClose, tinyNet, weightValues, withoutLeaks } from "../tiny";
import { filesOf, outputOf, publishedMobileNet, publishedNet, randomPixels, writeFiles } from "./published";

const quick: PretrainedOptions = { backOffMs: 1, progress: () => {} };

/** A small published network under the name of one that is known, without its checksum, at another address. */
async function withAddress(
  name: keyof typeof pretrained,
  address: string,
  work: () => Promise<void>,
): Promise<void> {
  const entry = pretrained[name] as { addresses: string[]; checksums?: object };
  const before = { ...entry };
  Object.assign(entry, { addresses: [`${address}/model.json`], checksums: undefined });
  try {
    await work();
  } finally {
    Object.assign(entry, before);
  }
}

async function withPublished(
  model: tf.LayersModel,
  work: (server: Server, folder: string) => Promise<void>,
): Promise<string[]> {
  const files = await filesOf(model);
  return await withData({}, (folder) => whileServingFiles(files, (server) => work(server, folder)));
}

test("from an address: checked, kept in the cache, with a card, for bytes", () =>
  withoutLeaks(async () => {
    const published = publishedNet();
    const pixels = randomPixels(2, 16);
    const expected = tf.tidy(() => outputOf(published, tf.div(pixels, 255)));
    const lines = await withPublished(published, async (server, folder) => {
      const address = `${server.address}/model.json`;
      const bars: Progress[] = [];
      const model = await loadPretrained(address, {
        ...quick,
        name: "tiny",
        progress: (bar) => bars.push(bar),
      });
      assert.deepEqual(cardOf(model), {
        name: "tiny",
        input: { type: "image", height: 16, width: 16, channels: 3, range: [0, 255] },
        classes: ["class 0", "class 1", "class 2", "class 3", "class 4"],
        output: "logits",
        trainedOn: [],
        seed: null,
        accuracy: null,
        source: address,
        version: "0.1.0",
      });
      assert.equal(describeCard(cardOf(model)), `tiny, from ${address}`);
      assertClose(outputOf(model, pixels), expected, 1e-5);
      assert.ok(weightedLayers(model).every(({ layer }) => !isFrozen(layer)));
      const total = Object.entries(server.files).reduce(
        (sum, [name, { length }]) => sum + (name === "model.json" ? 0 : length),
        0,
      );
      assert.deepEqual(bars.at(-1), { task: "Downloading tiny", done: total, total, unit: "bytes" });
      const [kept] = await readdir(join(folder, "cache", "models"));
      assert.deepEqual(
        await readdir(join(folder, "cache", "models", kept)),
        Object.keys(server.files).sort(),
      );

      const asked = server.requests.length;
      const again = await loadPretrained(address, { ...quick, name: "tiny" });
      assert.equal(server.requests.length, asked, "from the cache");
      assert.deepEqual(weightValues(again), weightValues(model));
      const fresh = await loadPretrained(address, { ...quick, name: "tiny", refresh: true });
      assert.equal(server.requests.length, 2 * asked);
      [model, again, fresh].forEach((one) => one.dispose());
    });
    const assumed =
      "pixels taken to be 0…1 in its training, for it says nothing of that; say { range } if they were not";
    assert.deepEqual(lines, [
      `tiny: ${assumed}`,
      `tiny: ${assumed}; from the cache; say { refresh: true } to download it anew`,
      `tiny: ${assumed}`,
    ]);
    published.dispose();
    pixels.dispose();
  }));

test("a known network that ends in a softmax, from a mirror on the web", () =>
  withoutLeaks(async () => {
    const published = publishedMobileNet({ side: 32 });
    const pixels = randomPixels(2, 32);
    const expected = tf.tidy(() => outputOf(published, tf.sub(tf.div(pixels, 127.5), 1)));
    const files = await filesOf(published);
    const inFolder = Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [`mobilenet-v1-0.25/${name}`, bytes]),
    );
    await whileServingFiles(inFolder, async ({ address }) => {
      const lines = await withData({ TRANSFER_LAB_MIRROR: `${address}/` }, async () => {
        const model = await loadPretrained("mobilenet-v1-0.25", quick);
        assertClose(outputOf(model, pixels), expected, 1e-5);
        const { output, classes, licence, trainedOn, source, name } = cardOf(model);
        assert.deepEqual(
          [name, output, classes.length, licence, trainedOn[0].set],
          ["mobilenet-v1-0.25", "probabilities", 1000, "Apache-2.0", "imagenet"],
        );
        assert.equal(
          source,
          "https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_0.25_224/model.json",
        );
        assert.deepEqual(
          graphOf(model)
            .slice(0, 2)
            .map(({ name }) => name),
          ["rescale", "conv1"],
        );
        model.dispose();
      });
      assert.deepEqual(lines, [], "what is known needs no word");
    });
    published.dispose();
    pixels.dispose();
  }));

test("a folder: a plain TensorFlow.js model, one of this package, and one that has its card inside", () =>
  withoutLeaks(async () => {
    const published = publishedMobileNet({ side: 32, classes: 3 });
    const own = tinyNet();
    await withData({}, async (folder) => {
      const plain = join(folder, "plain");
      await writeFiles(plain, await filesOf(published));
      const options = { range: [-1, 1] as [number, number], classes: ["a", "b", "c"] };
      const first = await loadPretrained(plain, options);
      const second = await loadPretrained(join(plain, "model.json"), options);
      for (const model of [first, second]) {
        const { name, classes, output, input } = cardOf(model);
        assert.deepEqual(
          [name, classes, output, input.range],
          ["plain", ["a", "b", "c"], "probabilities", [0, 255]],
        );
      }
      const saved = join(folder, "own");
      await saveModel(own, saved);
      const third = await loadPretrained(saved);
      assert.deepEqual(cardOf(third), cardOf(own));
      await rm(join(saved, "card.json"));
      const fourth = await loadPretrained(saved);
      assert.deepEqual(cardOf(fourth), cardOf(own));
      assert.deepEqual(weightValues(fourth), weightValues(own));
      await saveModel(first, join(folder, "again"));
      const fifth = await loadModel(join(folder, "again"));
      assert.deepEqual(cardOf(fifth), cardOf(first));
      await assert.rejects(
        loadPretrained(saved, { range: [0, 1] }),
        /with \{ range \} of your own: its card says that/,
      );
      [first, second, third, fourth, fifth].forEach((model) => model.dispose());
    });
    published.dispose();
    own.dispose();
  }));

test("sizes, ranges and classes that don't suit are refused, and leave no tensors", () =>
  withoutLeaks(async () => {
    const [fixed, open] = [publishedNet(), publishedNet({ side: null })];
    const lines = await withData({}, async (folder) => {
      const [a, b] = [join(folder, "fixed"), join(folder, "open")];
      await writeFiles(a, await filesOf(fixed));
      await writeFiles(b, await filesOf(open));
      await assert.rejects(
        loadPretrained(a, { classes: ["x", "y"] }),
        /"fixed" with 2 classes: it has 5 outputs/,
      );
      await assert.rejects(loadPretrained(a, { range: [1, 0] }), /the range \[1,0\]: it is the lowest/);
      await assert.rejects(loadPretrained(a, { sizePx: 32 }), /for images of 32 px: it takes 16×16/);
      await assert.rejects(
        loadPretrained(b),
        /"open": it leaves the size of its images open. Say \{ sizePx \}/,
      );
      const model = await loadPretrained(b, { sizePx: 40, range: [0, 255] });
      assert.deepEqual(cardOf(model).input, {
        type: "image",
        height: 40,
        width: 40,
        channels: 3,
        range: [0, 255],
      });
      assert.equal(layersOf(model)[1].name, "conv2d_1", "nothing to rescale");
      model.dispose();
    });
    assert.deepEqual(lines, []);
    fixed.dispose();
    open.dispose();
  }));

test("a foreign model.json that names files elsewhere, isn't one, or is damaged is refused", async () => {
  const published = publishedNet();
  await withPublished(published, async (server, folder) => {
    const address = `${server.address}/model.json`;
    const original = JSON.parse(server.files["model.json"].toString()) as {
      weightsManifest: { paths: unknown[] }[];
    };
    const refusedWith = async (
      change: (json: typeof original) => unknown,
      message: RegExp,
    ): Promise<void> => {
      const json = structuredClone(original);
      server.files["model.json"] = Buffer.from(JSON.stringify(change(json) ?? json));
      await assert.rejects(loadPretrained(address, quick), message);
    };
    const paths = [
      "../secret",
      "/etc/passwd",
      "a/../../b",
      "file:x",
      "http://other/x",
      "a\\b",
      "a?b",
      "",
      "model.json",
      "x.partial",
      7,
    ];
    for (const path of paths)
      await refusedWith((json) => {
        json.weightsManifest[1].paths = [path];
      }, /names a weight file .*: it has to be another one, in its own folder/);
    await refusedWith((json) => {
      json.weightsManifest[1].paths = json.weightsManifest[2].paths;
    }, /in its own folder/);
    await refusedWith((json) => ({ ...json, format: "graph-model" }), /is a graph model's/);
    await refusedWith(
      () => ({ hello: 1 }),
      /no layers model's: it has no modelTopology or no weightsManifest/,
    );
    server.files["model.json"] = Buffer.from("<html>");
    await assert.rejects(loadPretrained(address, quick), /model.json is no JSON/);
    assert.deepEqual(await readdir(join(folder, "cache", "models")), [], "nothing is left");
    assert.deepEqual(await readdir(folder), ["cache"]);
    const magic = JSON.stringify(original).replace('"LeakyReLU"', '"Magic"');
    server.files["model.json"] = Buffer.from(magic);
    await assert.rejects(loadPretrained(address, quick), /Cannot load "127.0.0.1": Unknown layer: Magic/);
  });
  published.dispose();
});

test("an error says what was tried and what to do; a damaged copy is made anew", () =>
  withoutLeaks(async () => {
    const published = publishedNet({ classes: 1000 });
    const lines = await withPublished(published, async (server, folder) => {
      await withAddress("tiny-darknet", server.address, async () => {
        const { files } = server;
        server.files = {};
        await assert.rejects(loadPretrained("tiny-darknet", quick), ({ message }: Error) => {
          const [first, cache, noMirror, address, advice] = message.split("\n");
          assert.equal(first, "Cannot load tiny-darknet. What was tried:");
          assert.match(cache, /^- the cache, .*models\/tiny-darknet: not there.$/);
          assert.equal(noMirror, "- a mirror: TRANSFER_LAB_MIRROR is not set.");
          assert.equal(address, `- ${server.address}/model.json: not there.`);
          assert.match(
            advice,
            /^Set TRANSFER_LAB_MIRROR to .* tiny-darknet\/model.json .*loadPretrained\("cifar10-convnet"\)/,
          );
          return true;
        });
        server.files = files;
        const model = await loadPretrained("tiny-darknet", quick);
        const kept = join(folder, "cache", "models", "tiny-darknet");
        const weights = await readFile(join(kept, "group2-shard1of1"));
        await writeFile(join(kept, "group2-shard1of1"), weights.subarray(4));
        const again = await loadPretrained("tiny-darknet", quick);
        assert.deepEqual(weightValues(again), weightValues(model));
        await assert.rejects(
          loadPretrained(`${server.address}/model.json`, { ...quick, maxMB: 0.01 }),
          /MB large, and 0.01 MB are allowed/,
        );
        [model, again].forEach((one) => one.dispose());
      });
    });
    assert.equal(lines.length, 1);
    assert.match(
      lines[0],
      /^The cached copy of tiny-darknet cannot be used: group2-shard1of1 has \d+ bytes instead of \d+. It is made anew.$/,
    );
    published.dispose();
  }));

test("where the cache can't be written, a network is loaded all the same", async () => {
  const published = publishedNet();
  const lines = await withPublished(published, async (server, folder) => {
    await writeFile(join(folder, "cache"), "in the way"); // root may write into any folder
    const model = await loadPretrained(`${server.address}/model.json`, {
      ...quick,
      range: [0, 1],
      name: "tiny",
    });
    assert.equal(cardOf(model).name, "tiny");
    model.dispose();
  });
  assert.equal(lines.length, 1);
  assert.match(
    lines[0],
    /^tiny could not be kept in the cache, .*, so it will be downloaded anew next time.$/,
  );
  published.dispose();
});

test("offline and unknown names", async () => {
  await withData({ TRANSFER_LAB_PROFILE: "offline" }, async () => {
    await assert.rejects(
      loadPretrained("mobilenet-v1-1.0"),
      /tried:\n- TRANSFER_LAB_PROFILE=offline: neither/,
    );
    const shipped = await loadPretrained("cifar10-convnet");
    assert.equal(cardOf(shipped).classes[3], "cat");
    shipped.dispose();
  });
  await assert.rejects(
    loadPretrained("tinydarknet"),
    /Cannot load "tinydarknet": there are "mobilenet-v1-0.25", .*"cifar10-convnet"; or say/,
  );
  await assert.rejects(loadPretrained("ftp://host/model.json"), /Cannot load "ftp:/);
  await assert.rejects(
    loadPretrained("https://host/model.bin"),
    /the address of a layers model ends in model.json/,
  );
  await assert.rejects(
    loadPretrained("tiny-darknet", { range: [0, 1] }),
    /with \{ range \} of your own: that is known/,
  );
  await assert.rejects(loadPretrained("tiny-darknet", { signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
});

test("where a network can't be had another one is used, if that was allowed, and one line says so", async () => {
  const lines = await withData({ TRANSFER_LAB_PROFILE: "offline" }, async () => {
    const model = await loadPretrained("tiny-darknet", { orElse: "cifar10-convnet" });
    assert.equal(cardOf(model).name, "cifar10-convnet");
    model.dispose();
  });
  assert.deepEqual(lines, ["tiny-darknet cannot be had here: cifar10-convnet is used instead."]);
  await withData({ TRANSFER_LAB_PROFILE: "real" }, async (folder) => {
    process.env.TRANSFER_LAB_MIRROR = folder;
    await assert.rejects(
      withAddress("tiny-darknet", "http://127.0.0.1:9", async () => {
        await loadPretrained("tiny-darknet", { ...quick, orElse: "cifar10-convnet" });
      }),
      /Cannot load tiny-darknet\. What was tried/,
    );
  });
});

test("a known network takes its parameters from a file", () =>
  withoutLeaks(async () => {
    await withData({}, async (folder) => {
      const trained = buildMobileNet({ alpha: 0.25, classes: 3, seed: 5 });
      const file = join(folder, "mobilenet.safetensors");
      await saveWeights(trained, file);
      const model = await loadPretrained("mobilenet-v1-0.25", { weights: file, classes: ["a", "b", "c"] });
      assert.deepEqual(weightValues(model), weightValues(trained));
      const { name, classes, source, trainedOn, licence } = cardOf(model);
      assert.deepEqual(
        [name, classes, source, trainedOn, licence],
        ["mobilenet-v1-0.25", ["a", "b", "c"], "mobilenet.safetensors", [], undefined],
      );
      await assert.rejects(loadPretrained("tiny-darknet", { weights: file }), /missing|unexpected/);
      await assert.rejects(
        loadPretrained("cifar10-convnet", { weights: file }),
        /with \{ weights \} of your own/,
      );
      trained.dispose();
      model.dispose();
    });
  }));

test("every known network has a card that is whole", () => {
  for (const name of pretrainedNames) {
    const entry = pretrained[name];
    if ("folder" in entry) assert.ok(existsSync(join(entry.folder, "card.json")));
    else {
      assert.deepEqual(
        [entry.card.classes.length, entry.card.input.height, entry.card.input.range],
        [1000, 224, [0, 255]],
      );
      assert.ok(entry.card.licence && entry.addresses.every((address) => address.startsWith("https://")));
    }
  }
});
