/** The explorer's page by itself, in a browser: no notebook, a model that keeps what it is told. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { tf } from "../../../src/helpers/engine";
import { filterExplorer, type ExplorerState } from "../../../src/live/explorer";
import { viewFiles } from "../../../src/live/widget";
import { findChromium, startChromium } from "../../helpers/chromium";
import { stripes } from "../../helpers/tiny";

const chromium = findChromium();
const options = { skip: chromium ? false : "needs Chromium on the PATH, or where CHROMIUM says" };
const SIDE = 400;
let browser: Browser;
let page: Page;
let state: ExplorerState;

before(async () => {
  if (!chromium) return;
  const large = tf.sequential({ name: "large" });
  const conv = { name: "conv", filters: 2, kernelSize: 20, strides: 20, inputShape: [SIDE, SIDE, 3] };
  large.add(tf.layers.conv2d(conv as never));
  const small = stripes(40);
  const images = new Uint8Array(40 * SIDE * SIDE * 3).map((_, i) => (Math.floor(i / 2400) * 79) % 251);
  const input = { ...small.input, height: SIDE, width: SIDE, range: [0, 255] as [number, number] };
  const explorer = filterExplorer(large, { ...small, images, input } as typeof small);
  await explorer.at({ image: 0, x: 390, y: 390 });
  await explorer.look({ layer: "conv", unit: 1 });
  state = explorer.state;
  browser = await startChromium(chromium);
  page = await browser.newPage({ viewport: { width: 900, height: 900 } });
  await draws(state);
});

after(() => browser?.close());

/** Draws a state; what the view sets is found in `window.told`. */
async function draws(shown: ExplorerState): Promise<void> {
  const { esm, css } = viewFiles("explorer");
  const json = JSON.stringify(shown, (_, value) =>
    value instanceof Uint8Array ? { bytes: [...value] } : value,
  );
  await page.setContent(`<style>${css}</style><div id="here"></div>`);
  await page.evaluate(
    `(async () => {
      const state = JSON.parse(${JSON.stringify(json)}, (_, value) => value?.bytes ? Uint8Array.from(value.bytes) : value);
      window.told = {};
      const model = {
        get: (key) => state[key], set: (key, value) => { window.told[key] = value; },
        save_changes() {}, on() {}, off() {}, send() {},
      };
      const view = await import("data:text/javascript;base64,${Buffer.from(esm).toString("base64")}");
      view.default.render({ model, el: document.getElementById("here") });
    })()`,
  );
}

const told = () => page.evaluate("window.told") as Promise<Partial<ExplorerState>>;

test("places are told in the photograph's own pixels, though its picture is smaller", options, async () => {
  assert.equal(state.photo!.picture.width, 320);
  await page.locator(".photo").scrollIntoViewIfNeeded();
  await page.hover(".photo", { position: { x: 128, y: 240 } });
  const { x, y } = (await told()).place!;
  assert.ok(Math.abs(x - 200) <= 2 && Math.abs(y - 375) <= 2, `${x}, ${y}`); // the page may begin between two pixels
  const { image, box } = state.look!.patches[0];
  await page.locator(".patch").first().click();
  const clicked = await told();
  assert.deepEqual([clicked.image, clicked.place], [image, { x: box.left + 10, y: box.top + 10 }]);
  if (process.env.SCREENSHOTS)
    await page.screenshot({ path: join(process.env.SCREENSHOTS, "explorer-view-large.png") });
});

test(
  "the box and the map lie where the unit sees, and captions say how many were looked through",
  options,
  async () => {
    const pixel = (x: number, y: number) =>
      page.evaluate(
        `[...document.querySelector(".photo").getContext("2d").getImageData(${x}, ${y}, 1, 1).data.slice(0, 3)]`,
      ) as Promise<number[]>;
    assert.deepEqual(state.at!.box, { top: 380, left: 380, bottom: 400, right: 400 });
    const edge = Math.round((380 * 256) / SIDE);
    assert.deepEqual(await pixel(edge, 250), [255, 255, 255]);
    const text = await page.locator(".look").textContent();
    assert.match(text!, /Out of 31 of the 40 photographs/);
  },
);
