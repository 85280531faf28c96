import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import type { Examples } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { cardOf, predictLogits, setCard } from "../../../src/helpers/model";
import { predict } from "../../../src/helpers/model/predict-image";
import { assertClose, stripes, tinyNet, withoutLeaks } from "../tiny";

const one = stripes(1, 5);
let model: tf.LayersModel;
let folder: string;
let path: string;
let png: Buffer;
let server: Server;
let address: string;

function asPng({ images, input: { height, width } }: Examples): Promise<Buffer> {
  return sharp(images as Uint8Array, { raw: { height, width, channels: 3 } })
    .png()
    .toBuffer();
}

/** The softmax of what the model gives for the raw pixels. */
async function shares(temperature = 1): Promise<number[]> {
  const logits = await predictLogits(model, one);
  return tf.tidy(() => Array.from(tf.softmax(tf.div(tf.tensor1d(logits), temperature)).dataSync()));
}

before(async () => {
  model = tinyNet();
  png = await asPng(one);
  folder = await mkdtemp(join(tmpdir(), "transfer-lab-"));
  path = join(folder, "stripes 1.png");
  await writeFile(path, png);
  await writeFile(join(folder, "notes.txt"), "no picture");
  server = createServer((request, response) => {
    if (request.url === "/a.png") response.end(png);
    else if (request.url === "/page") response.end("<!doctype html><p>not found");
    else if (request.url === "/large") {
      response.writeHead(200, { "content-length": 3e6 });
      response.write(Buffer.alloc(1000)); // and no more
    } else if (request.url === "/endless") {
      response.writeHead(200);
      const more = setInterval(() => response.write(Buffer.alloc(100_000)), 5);
      response.on("close", () => clearInterval(more));
    } else if (request.url === "/drip") {
      response.writeHead(200);
      const more = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(more));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

test("a path, its address, its bytes and a web address give the softmax of the logits, most likely first", () =>
  withoutLeaks(async () => {
    const expected = await shares();
    const sources = [path, pathToFileURL(path), pathToFileURL(path).href, png, `${address}/a.png`];
    for (const source of [...sources, new URL(`${address}/a.png`)]) {
      const { classes, calibrated, pixels } = await predict(model, source);
      const confidence = new Map(classes.map((c) => [c.name, c.confidence]));
      assertClose(
        cardOf(model).classes.map((name) => confidence.get(name)!),
        expected,
        1e-6,
      );
      assert.ok(
        classes[0].confidence >= classes[1].confidence && classes[1].confidence >= classes[2].confidence,
      );
      assert.equal(calibrated, false);
      assert.deepEqual(pixels, one.images);
    }
  }));

test("a calibrated model's temperature divides its logits", async () => {
  setCard(model, { temperature: 0.01 });
  try {
    const { classes, calibrated } = await predict(model, path, { top: 1 });
    assert.deepEqual([classes.length, calibrated], [1, true]);
    assertClose([classes[0].confidence], [Math.max(...(await shares(0.01)))], 1e-6);
  } finally {
    setCard(model, { temperature: undefined });
  }
});

test("pixels come in the values that the model takes", async () => {
  const plain = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [16, 16, 3] }),
      tf.layers.dense({ units: 2, kernelInitializer: "zeros" }),
    ],
  });
  const [bias, kernel] = [tf.tensor1d([0, 0]), tf.fill([768, 2], 0)];
  const average = tf.tidy(() => tf.concat([tf.fill([768, 1], 1 / 768), tf.zeros([768, 1])], 1));
  plain.setWeights([average, bias]);
  tf.dispose([bias, kernel, average]);
  setCard(plain, {
    ...cardOf(model),
    input: { ...one.input, range: [-1, 1] },
    classes: ["bright", "dark"],
  });
  const { classes } = await predict(plain, png);
  const mean = Array.from(one.images).reduce((sum, byte) => sum + (byte / 127.5 - 1), 0) / 768;
  const bright = classes.find(({ name }) => name === "bright")!.confidence;
  assertClose([bright], [1 / (1 + Math.exp(-mean))], 1e-5);
  plain.dispose();
});

test("a photograph of another shape is cropped, as it was for training, or as is said", async () => {
  const input = { ...one.input, width: 48 };
  const images = new Uint8Array(16 * 48 * 3);
  for (let y = 0; y < 16; y++)
    for (let x = 0; x < 48; x++)
      for (let c = 0; c < 3; c++)
        images[3 * (48 * y + x) + c] = x >= 16 && x < 32 ? one.images[3 * (16 * y + x - 16) + c] : 255;
  const wide = await asPng({ ...one, images, input });
  assert.deepEqual((await predict(model, wide)).pixels, one.images);
  assert.notDeepEqual((await predict(model, wide, { fit: "stretch" })).pixels, one.images);
});

test("what is no picture, or can't be had, is named", async () => {
  const refuse = (source: unknown, message: RegExp, options = {}): Promise<void> =>
    assert.rejects(predict(model, source as string, options), message);
  await refuse(join(folder, "none.jpg"), /Cannot read .*none\.jpg: there is no such file/);
  await refuse(folder, /Cannot read .*: it is no file/);
  await refuse(join(folder, "notes.txt"), /Cannot predict from .*notes\.txt: it is no JPEG/);
  await refuse(`${address}/page`, /Cannot predict from http.*page: .*web page/);
  await refuse(`${address}/none.png`, /Cannot read http.*none\.png: there is no such file \(404\)/);
  await refuse(`${address}/large`, /large: it has more than 2 MB/, { maxBytes: 2 * 2 ** 20 });
  await refuse(`${address}/endless`, /endless: it has more than 1 MB/, { maxBytes: 2 ** 20 });
  await refuse(`${address}/drip`, /drip: it took longer than 0.2 s/, { timeoutMs: 200 });
  await refuse(path, /it has more than 0 MB/, { maxBytes: 100 });
  await refuse("http://127.0.0.1:1/a.png", /Cannot read http:.*ECONNREFUSED|bad port/);
  await refuse(new URL("ftp://example.org/a.png"), /begin with http:, https: or file:/);
  await refuse("", /Received: an empty text/);
  await refuse(5, /Received: 5/);
  await refuse(path, /top is a whole number from 1. Received: 0/, { top: 0 });
  await refuse(path, /Cannot fit pictures by "squeeze"/, { fit: "squeeze" });
  const stop = AbortSignal.abort(new Error("enough"));
  await refuse(`${address}/a.png`, /^Error: enough$/, { signal: stop });
});

test("a model without a card, or one that takes sounds, is refused", async () => {
  const other = tinyNet();
  setCard(other, { input: { ...cardOf(other).input, type: "audio" } });
  await assert.rejects(predict(other, png), /"convnet" takes audio/);
  other.setUserDefinedMetadata({});
  await assert.rejects(predict(other, png), /Cannot read the card/);
  other.dispose();
});
