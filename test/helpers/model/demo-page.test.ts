/** The demo in a real browser, opened from the disk: it says what `predict` says. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { adapt, imageAt, sample, type Examples } from "../../../src/helpers/data";
import { makePenDigits } from "../../../src/helpers/data/pen-digits";
import { makeScenes } from "../../../src/helpers/data/scenes";
import { tf } from "../../../src/helpers/engine";
import { loadModel, replaceHead, setCard } from "../../../src/helpers/model";
import { writeDemo } from "../../../src/helpers/model/demo";
import { predict } from "../../../src/helpers/model/predict-image";
import { setReporter } from "../../../src/helpers/report";
import { fineTune } from "../../../src/helpers/train";
import { findChromium, startChromium } from "../chromium";

const chromium = findChromium();
const skip = chromium ? false : "needs a browser: Chromium on the PATH, or its path in CHROMIUM";
const SHIPPED = join(__dirname, "../../../data/pretrained/cifar10-convnet");

let browser: Browser;
let folder: string;
let photos: tf.LayersModel;
let digits: tf.LayersModel;
let written: Examples;

before(async () => {
  if (!chromium) return;
  setReporter({ line: () => {}, progress: () => {} });
  folder = await mkdtemp(join(tmpdir(), "transfer-lab-"));
  photos = await loadModel(SHIPPED);
  const set = adapt(makePenDigits({ train: 1000, test: 20 }), { like: photos });
  written = set.test;
  digits = replaceHead(photos, { classes: set.classes, seed: 1 });
  await fineTune(digits, sample(set.train, { size: 300, seed: 1 }), {
    strategy: "option-1",
    seed: 1,
    steps: 100,
  });
  setCard(digits, { temperature: 2.5 });
  await writeDemo(photos, join(folder, "photos"));
  await writeDemo(digits, join(folder, "digits"), { examples: written, title: "Digits" });
  browser = await startChromium(chromium);
});

after(async () => {
  setReporter();
  await browser?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** Opens a page and fails where it complains, or asks for anything that doesn't lie beside it. */
async function onPage(address: string, work: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(new URL(".", address).href) && !/^(blob|data):/.test(url)) complaints.push(url);
  });
  try {
    await page.goto(address);
    await page.waitForSelector("html[data-ready]", { timeout: 60_000 });
    await work(page);
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
  }
}

const addressOf = (name: string): string => pathToFileURL(join(folder, name, "index.html")).href;

/** Waits until the network has answered. */
async function settled(page: Page): Promise<void> {
  await page.waitForSelector('#result[aria-busy="false"]');
}

/** The answer's first word, once it is there, and all bars. */
async function answer(page: Page): Promise<{ first: string; bars: { name: string; confidence: number }[] }> {
  await page.waitForSelector("#bars li");
  const texts = (part: string): Promise<string[]> => page.locator(`#bars .${part}`).allTextContents();
  const [names, shares] = [await texts("name"), await texts("value")];
  const first = (await page.textContent("#answer"))!.split(",")[0];
  return { first, bars: names.map((name, i) => ({ name, confidence: parseFloat(shares[i]) / 100 })) };
}

async function assertSaysAsPredict(page: Page, model: tf.LayersModel, path: string): Promise<void> {
  const { first, bars } = await answer(page);
  const { classes } = await predict(model, path, { top: 10 });
  assert.equal(first, classes[0].name, path);
  assert.equal(bars.length, Math.min(5, classes.length));
  for (const { name, confidence } of bars) {
    const expected = classes.find((c) => c.name === name)!.confidence;
    assert.ok(Math.abs(confidence - expected) < 0.02, `${path}, ${name}: ${confidence}, not ${expected}`);
  }
}

/** A scene, made larger and wider than the network takes it. */
async function photograph(kind: number, name: string, { width = 150, alpha = 1 } = {}): Promise<string> {
  const { test: scenes } = makeScenes({ train: 1, test: 10 });
  const pixels = Buffer.from(imageAt(scenes, scenes.labels.indexOf(kind)) as Uint8Array);
  const scene = sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } });
  const large = scene.resize(width, Math.round(0.7 * width), { fit: "fill" });
  const format = extname(name).slice(1) as "png" | "jpeg" | "webp";
  const path = join(folder, name);
  await writeFile(path, await (alpha < 1 ? large.ensureAlpha(alpha) : large).toFormat(format).toBuffer());
  return path;
}

/** The first value of what the network sees. */
function cornerOf(page: Page): Promise<number> {
  return page.evaluate(`{
    const copy = document.createElement("canvas").getContext("2d");
    copy.drawImage(document.getElementById("input"), 0, 0);
    copy.getImageData(0, 0, 1, 1).data[0];
  }`);
}

/** Draws strokes of points in 0…1 with the mouse. */
async function draw(page: Page, points: [number, number][]): Promise<void> {
  const { x, y, width, height } = (await page.locator("#paper").boundingBox())!;
  const at = ([px, py]: [number, number]): [number, number] => [x + px * width, y + py * height];
  await page.mouse.move(...at(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 8 });
  await page.mouse.up();
}

test("a picture that is chosen is named as predict names it, on every kind of file", { skip }, () =>
  onPage(addressOf("photos"), async (page) => {
    assert.equal(await page.title(), "Try cifar10-convnet");
    assert.match(
      (await page.textContent("#about"))!,
      /10 classes apart: airplane.*83.0 % of 10,000 test examples/,
    );
    assert.match((await page.textContent("#calibration"))!, /^Not calibrated/);
    assert.match((await page.textContent("#answer"))!, /Choose a picture/);
    const files = [
      await photograph(8, "plane.png"),
      await photograph(6, "horse.jpeg", { width: 60 }),
      await photograph(9, "truck.webp", { width: 60 }),
      await photograph(6, "horse see-through.png", { alpha: 0.5 }),
    ];
    for (const path of files) {
      await page.setInputFiles("#file", path);
      await page.waitForFunction(
        `document.getElementById("preview").alt === ${JSON.stringify(path.split("/").pop())}`,
      );
      await settled(page);
      await assertSaysAsPredict(page, photos, path);
    }
    assert.equal(await page.textContent("#input-size"), "32 × 32 px, in colour.");
  }),
);

test("a picture can be dropped or pasted; what is none is said to be none", { skip }, () =>
  onPage(addressOf("photos"), async (page) => {
    const path = await photograph(8, "plane.png");
    const bytes = (await readFile(path)).toString("base64");
    const give = (name: string, text: string, dispatch: string): Promise<void> =>
      page.evaluate(`{
        const bytes = Uint8Array.from(atob(${JSON.stringify(text)}), (c) => c.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], ${JSON.stringify(name)}, { type: "image/png" }));
        document.dispatchEvent(${dispatch});
      }`);
    await give(
      "plane.png",
      bytes,
      `new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })`,
    );
    await assertSaysAsPredict(page, photos, path);

    await give("notes.png", btoa("no picture"), `new DragEvent("drop", { dataTransfer: transfer })`);
    await page.waitForSelector("#answer.warning");
    assert.equal(await page.textContent("#answer"), "notes.png is no picture that this browser can read.");
    assert.equal(await page.locator("#bars li").count(), 0);

    await give("plane.png", bytes, `new ClipboardEvent("paste", { clipboardData: transfer })`);
    await assertSaysAsPredict(page, photos, path);
  }),
);

test("an example is taken with the keyboard; a calibrated model's temperature counts", { skip }, () =>
  onPage(addressOf("digits"), async (page) => {
    assert.equal(await page.textContent("h1"), "Digits");
    assert.match((await page.textContent("#calibration"))!, /^Calibrated/);
    const example = page.getByRole("button", { name: "Example 8: 7" });
    await example.focus();
    await page.keyboard.press("Enter");
    const { first, bars } = await answer(page);
    const index = written.labels.indexOf(7);
    const raw = { width: 32, height: 32, channels: 3 } as const;
    const png = await sharp(Buffer.from(imageAt(written, index) as Uint8Array), { raw })
      .png()
      .toBuffer();
    const { classes, calibrated } = await predict(digits, png, { top: 10 });
    assert.deepEqual([first, calibrated], [classes[0].name, true]);
    assert.ok(Math.abs(bars[0].confidence - classes[0].confidence) < 0.02, `${bars[0].confidence}`);
    assert.equal(await example.getAttribute("aria-pressed"), "true");
  }),
);

test("a digit that is drawn is named; it can be undone, and the ink be changed", { skip }, () =>
  onPage(addressOf("digits"), async (page) => {
    await page.getByLabel("A drawing").check();
    assert.match((await page.textContent("#answer"))!, /Draw something/);
    assert.equal(await page.getByLabel("White on black").isChecked(), true);
    await draw(page, [
      [0.5, 0.2],
      [0.5, 0.8],
    ]);
    await page.waitForFunction(`document.getElementById("answer").textContent.startsWith("1,")`);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(`/^Draw something/.test(document.getElementById("answer").textContent)`);
    await draw(page, [
      [0.3, 0.25],
      [0.7, 0.25],
      [0.45, 0.8],
    ]);
    await page.waitForFunction(`document.getElementById("answer").textContent.startsWith("7,")`);
    assert.equal(await cornerOf(page), 0);
    await page.getByLabel("Black on white").check();
    await settled(page);
    assert.equal(await cornerOf(page), 255);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.waitForFunction(`document.getElementById("bars").children.length === 0`);
  }),
);

test(
  "it works from a server too, for grey networks that give probabilities of other ranges",
  { skip },
  async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [12, 10, 1] }),
        tf.layers.dense({
          units: 3,
          activation: "softmax",
          kernelInitializer: tf.initializers.glorotNormal({ seed: 3 }),
        }),
      ],
    });
    setCard(model, {
      name: "<b>grey</b>",
      input: { type: "image", height: 12, width: 10, channels: 1, range: [-1, 1] },
      classes: ["<i>a</i>", "b", "c"],
      output: "probabilities",
      trainedOn: [],
      seed: null,
      accuracy: null,
      temperature: 0.2,
      version: "0",
    });
    await writeDemo(model, join(folder, "grey"), { examples: "none", fit: "pad" });
    const types: Record<string, string> = {
      ".html": "text/html",
      ".js": "text/javascript",
      ".css": "text/css",
    };
    const server = createServer((request, response) => {
      const file = join(folder, "grey", request.url === "/" ? "index.html" : request.url!);
      readFile(file).then(
        (bytes) => response.writeHead(200, { "content-type": types[extname(file)] }).end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await onPage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, async (page) => {
        assert.equal(await page.textContent("h1"), "<b>grey</b>");
        assert.equal(await page.locator("#examples").isVisible(), false);
        const path = await photograph(8, "plane.png");
        await page.setInputFiles("#file", path);
        await page.waitForSelector("#bars li");
        const { bars } = await answer(page);
        const { classes } = await predict(model, path, { fit: "pad" });
        assert.deepEqual(
          bars.map(({ name }) => name),
          classes.map(({ name }) => name),
        );
        assert.ok(bars.every(({ confidence }, i) => Math.abs(confidence - classes[i].confidence) < 0.02));
        assert.equal(await page.textContent("#input-size"), "12 × 10 px, grey.");
      });
    } finally {
      server.close();
      model.dispose();
    }
  },
);
