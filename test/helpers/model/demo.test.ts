import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Examples } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { cardOf, setCard } from "../../../src/helpers/model";
import { writeDemo } from "../../../src/helpers/model/demo";
import { stripes, tinyNet, weightValues, withoutLeaks } from "../tiny";

const FILES = [
  "about.js",
  "drawing.js",
  "index.html",
  "model.js",
  "network.js",
  "page.css",
  "page.js",
  "pixels.js",
  "tf.min.js",
];

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "transfer-lab-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Shown {
  card: object;
  title: string;
  fit: string;
  ink: string;
  examples: { label: string; height: number; width: number; channels: number; pixels: string }[];
  areDrawn: boolean;
  artifacts: { topology: object; specs: object[]; weights: string };
}

async function shownIn(folder: string): Promise<Shown> {
  const script = await readFile(join(folder, "model.js"), "utf8");
  return JSON.parse(script.replace("globalThis.transferLab = ", "").replace(/;\n$/, "")) as Shown;
}

test("the folder holds a page, TensorFlow.js and the model, which comes back whole", () =>
  inFolder(async (folder) => {
    const model = tinyNet();
    setCard(model, { temperature: 1.5 });
    const at = join(folder, "deep", "demo");
    await withoutLeaks(async () => {
      assert.equal(await writeDemo(model, at), join(at, "index.html"));
      assert.deepEqual((await readdir(at)).sort(), FILES);
      const { card, title, fit, artifacts } = await shownIn(at);
      assert.deepEqual([card, title, fit], [cardOf(model), "convnet", "crop"]);
      const bytes = Uint8Array.from(Buffer.from(artifacts.weights, "base64"));
      const { topology: modelTopology, specs: weightSpecs } = artifacts as never;
      const again = await tf.loadLayersModel(
        tf.io.fromMemory({ modelTopology, weightSpecs, weightData: bytes.buffer }),
      );
      assert.deepEqual(weightValues(again), weightValues(model));
      again.dispose();
    });
    model.dispose();
  }));

test("nothing in it is fetched from elsewhere", () =>
  inFolder(async (folder) => {
    const model = tinyNet();
    await writeDemo(model, join(folder, "demo"));
    const page = await readFile(join(folder, "demo", "index.html"), "utf8");
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    for (const address of addresses)
      assert.ok(FILES.includes(address) || address.startsWith("data:"), address);
    assert.ok(addresses.length >= 6);
    assert.doesNotMatch(await readFile(join(folder, "demo", "tf.min.js"), "utf8"), /sourceMappingURL/);
    model.dispose();
  }));

test("examples go round the classes; what they look like decides the ink", () =>
  inFolder(async (folder) => {
    const at = join(folder, "demo");
    const model = tinyNet();
    const examples = stripes(30);
    await writeDemo(model, at, { examples, title: "Stripes" });
    const given = await shownIn(at);
    assert.deepEqual([given.title, given.ink, given.areDrawn], ["Stripes", "black", false]);
    assert.deepEqual(
      given.examples.map(({ label }) => label),
      Array.from({ length: 12 }, (_, i) => examples.classes[i % 3]),
    );
    const { height, width, channels, pixels } = given.examples[1];
    assert.deepEqual([height, width, channels], [16, 16, 3]);
    assert.deepEqual(Uint8Array.from(Buffer.from(pixels, "base64")), examples.images.subarray(768, 2 * 768));

    const images = Float32Array.from(examples.images, (byte) => byte / 1000);
    const dark: Examples = { ...examples, images, input: { ...examples.input, range: [0, 1] } };
    await writeDemo(model, at, { examples: dark });
    assert.equal((await shownIn(at)).ink, "white");
    await writeDemo(model, at, { examples: dark, ink: "black", fit: "pad" });
    assert.deepEqual([(await shownIn(at)).ink, (await shownIn(at)).fit], ["black", "pad"]);
    await writeDemo(model, at, { examples: "none" });
    assert.deepEqual([(await shownIn(at)).examples, (await shownIn(at)).ink], [[], "black"]);
    model.dispose();
  }));

test("without examples it takes some that this project draws: digits for a model of digits, else scenes", () =>
  inFolder(async (folder) => {
    const at = join(folder, "demo");
    const model = tinyNet(1, ["x", "y", "z"]);
    await writeDemo(model, at);
    const scenes = await shownIn(at);
    assert.deepEqual([scenes.areDrawn, scenes.ink, scenes.examples.length], [true, "black", 10]);
    assert.ok(scenes.examples.some(({ label, channels }) => label === "horse" && channels === 3));
    setCard(model, { classes: ["3", "5", "7"] });
    await writeDemo(model, at);
    const digits = await shownIn(at);
    assert.deepEqual(
      [digits.ink, digits.examples.map(({ label }) => label).join("")],
      ["white", "0123456789"],
    );
    model.dispose();
  }));

test("a demo replaces a demo whole, and nothing else", () =>
  inFolder(async (folder) => {
    const model = tinyNet();
    const at = join(folder, "demo");
    await mkdir(at); // an empty folder may be filled
    await writeDemo(model, at, { examples: "none" });
    await writeDemo(model, at, { examples: "none", title: "Again" });
    assert.deepEqual([await readdir(folder), (await shownIn(at)).title], [["demo"], "Again"]);
    await writeFile(join(at, "thesis.txt"), "all of it");
    await assert.rejects(writeDemo(model, at), /Cannot write a demo in .*holds other things \(thesis\.txt\)/);
    await assert.rejects(writeDemo(model, join(at, "thesis.txt")), /Cannot write a demo as/);
    assert.equal(await readFile(join(at, "thesis.txt"), "utf8"), "all of it");
    model.dispose();
  }));

test("what can't be shown is refused", () =>
  inFolder(async (folder) => {
    const at = join(folder, "demo");
    const model = tinyNet();
    const refuse = (options: object, message: RegExp): Promise<void> =>
      assert.rejects(writeDemo(model, at, options), message);
    await refuse({ ink: "blue" }, /draw on in "blue": ink is "black" or "white"/);
    await refuse({ fit: "squeeze" }, /Cannot fit pictures by "squeeze"/);
    await refuse({ examples: { ...stripes(3), count: 5 } }, /Cannot use these examples/);
    const sound = { ...stripes(3), input: { ...stripes(3).input, type: "audio" } };
    await refuse({ examples: sound }, /grey or in colour. Received: audio/);
    setCard(model, { input: { ...cardOf(model).input, type: "audio" } });
    await refuse({}, /"convnet" takes audio/);
    model.setUserDefinedMetadata({});
    await refuse({}, /Cannot read the card/);
    assert.deepEqual(await readdir(folder), []);
    model.dispose();
  }));
