/** A notebook with a widget, for the browser: the page counts, the kernel squares and paints; a long cell tells of its steps. */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../../..");

/** Buttons and a slider change `count`; the square and the picture come from the kernel. */
const ESM = `export default {
  render({ model, el }) {
    el.innerHTML = '<div class="counter"><button class="up">+1</button> <input type="range" min="0" max="100"> '
      + '<output class="count"></output> squared is <output class="square"></output> '
      + '<canvas width="8" height="8"></canvas> <button class="ask">ask</button> <span class="said"></span> <small class="steps"></small></div>';
    const part = (name) => el.querySelector(name);
    const draw = () => {
      part(".count").textContent = part("input").value = model.get("count");
      part(".square").textContent = model.get("square");
      const view = model.get("pixels");
      const pixels = new Uint8ClampedArray(view.buffer, view.byteOffset, view.byteLength);
      part("canvas").getContext("2d").putImageData(new ImageData(pixels.slice(), 8, 8), 0, 0);
    };
    const set = (count) => { model.set("count", count); model.save_changes(); draw(); };
    part(".up").onclick = () => set(model.get("count") + 1);
    part("input").oninput = () => set(Number(part("input").value));
    part(".ask").onclick = () => model.send({ question: "how many?" }, undefined, [new Uint8Array([1, 2, 3]).buffer]);
    model.on("change:square", draw);
    model.on("change:count", draw);
    model.on("change:steps", () => { part(".steps").textContent = model.get("steps") + " steps"; });
    model.on("change:pixels", draw);
    model.on("msg:custom", ({ text }, [view]) => { part(".said").textContent = text + " " + view.getFloat32(0, true); });
    draw();
  },
};`;
const CSS =
  ".counter { padding: 8px; font-size: 15px } .counter canvas { width: 48px; height: 48px; image-rendering: pixelated; vertical-align: middle }";

const CELLS = [
  `require("tsx/cjs");
const { Widget } = require(${JSON.stringify(join(ROOT, "src/live/widget/index.ts"))});
const { interruptSignal } = require(${JSON.stringify(join(ROOT, "src/live/kernel/index.ts"))});`,
  `const paint = (count: number) => Uint8Array.from({ length: 256 }, (_, i) => (i % 4 === 3 ? 255 : i >> 2 < count ? 200 : 40));
class Counter extends Widget {
  constructor() {
    super({ count: 3, square: 9, steps: 0, pixels: paint(3) }, { esm: ${JSON.stringify(ESM)}, css: ${JSON.stringify(CSS)}, layout: { width: "560px" } });
    this.onChange("count", (count: number) => {
      if (count === 13) throw new Error("13 is unlucky");
      this.set({ square: count ** 2, pixels: paint(count) });
    });
    this.onMessage((content: any, [bytes]: Uint8Array[]) =>
      this.send({ text: content.question + " " + bytes.length }, [new Float32Array([this.get("count") + 0.5])]));
  }
}
const counter = new Counter();
await counter.show();`,
  `const signal = interruptSignal();
while (!signal.aborted) {
  for (const end = performance.now() + 20; performance.now() < end; );
  counter.set({ steps: counter.get("steps") + 1 });
  await new Promise((r) => setImmediate(r));
}
console.log("steps", counter.get("steps") > 0);`,
  `console.log("the count is", counter.get("count"));`,
];

/** Writes the notebook, or its first cells, into a folder and returns its path. */
export function writeCounter(folder: string, { cells: count = CELLS.length } = {}): string {
  const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
  const path = join(folder, "counter.ipynb");
  const cells = CELLS.slice(0, count).map((source, i) => ({
    id: `cell-${i}`,
    cell_type: "code",
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  }));
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }));
  return path;
}
