// Two small drawings, as programs that another Node runs: each prints "ok" or throws.

/** Fills a square and reads one of its pixels back. */
export const canvasDraws = `
const { createCanvas } = require("canvas");
const context = createCanvas(8, 8).getContext("2d");
context.fillStyle = "rgb(255, 128, 0)";
context.fillRect(0, 0, 8, 8);
const pixel = [...context.getImageData(4, 4, 1, 1).data].join();
if (pixel !== "255,128,0,255") throw new Error("a pixel came out as " + pixel);
console.log("ok");`;

/** Renders a bar chart to PNG, reads it back and counts the pixels that are not white. */
export const vegaDraws = `
const vega = require("vega");
const { createCanvas, loadImage } = require("canvas");
const spec = {
  data: { values: [{ x: "a", y: 1 }, { x: "b", y: 2 }] },
  mark: "bar",
  background: "white",
  encoding: { x: { field: "x", type: "nominal" }, y: { field: "y", type: "quantitative" } },
};
(async () => {
  const view = new vega.View(vega.parse(require("vega-lite").compile(spec).spec), { renderer: "none" });
  const png = (await view.toCanvas()).toBuffer("image/png");
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  let drawn = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i] < 250) drawn++;
  if (drawn < 100) throw new Error("the chart is blank");
  console.log("ok");
})();`;
