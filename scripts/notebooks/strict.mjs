// What makes a run notebook fail. Nothing here runs anything: it judges what execute.py brought back.
import { createCanvas, loadImage } from "canvas";

const CHECK = "application/vnd.transfer-lab.check+json";
const FIGURE = "application/vnd.transfer-lab.figure+json";
const FAULT = "application/vnd.transfer-lab.fault+json";
const MEMORY = "application/vnd.transfer-lab.memory+json";

/** These show a table; every other show… function shows a picture. */
const TABLES = ["showLayers", "showReceipt"];

/** @param run What execute.py wrote.
 * @returns `{ failures: [{ cell, message }], checks, figures, memory }`; `cell` counts code cells from 1. */
export async function judge(run) {
  const failures = [];
  const fail = (cell, message) => failures.push({ cell, message });
  const bundles = run.cells.flatMap(({ outputs }, i) =>
    outputs.filter((o) => o.data).map(({ data }) => ({ cell: i + 1, data })),
  );
  const of = (mime) =>
    bundles.filter(({ data }) => mime in data).map(({ cell, data }) => ({ cell, ...data[mime] }));

  const checks = of(CHECK);
  for (const { cell, claim, passed, detail } of checks)
    if (!passed) fail(cell, `a check failed: ${claim}${detail ? ` (${detail})` : ""}`);
  if (run.failure) fail(run.failure.cell, describe(run.failure));
  for (const { cell, output } of run.probes)
    if (output.data?.[FAULT]) fail(cell, firstLines(output.data[FAULT].message));

  for (const [i, { source, outputs, tags }] of run.cells.entries()) {
    const cell = i + 1;
    const isLast = run.failure?.cell === cell;
    if (run.failure && cell >= run.failure.cell && !isLast) break; // these never ran
    const noise = outputs
      .filter((o) => o.output_type === "stream" && o.name === "stderr")
      .map(({ text }) => text);
    if (noise.length > 0 && !isLast && !tags.includes("stderr-ok"))
      fail(cell, `it wrote to stderr: ${firstLines(noise.join(""))}`);
    if (!isLast) for (const name of missingPictures(source, outputs)) fail(cell, `${name} showed nothing`);
    for (const { data } of outputs.filter((o) => o.data?.["image/png"]))
      if (await isBlank(data["image/png"])) fail(cell, "a picture is blank");
  }

  const memory = run.probes.map(({ output }) => output.data?.[MEMORY]).find(Boolean);
  if (memory?.leaked > 0) fail(run.cells.length, `${memory.leaked} tensors leaked: they belong to no model`);
  if (!run.failure && checks.length === 0)
    fail(run.cells.length, "the notebook checks nothing: it has no check(…)");
  return { failures, checks, figures: of(FIGURE), memory };
}

function describe({ kind, message }) {
  return kind === "error" ? firstLines(message) : `${kind}: ${message}`;
}

/** The kernel's own stack says nothing to the reader. */
function firstLines(text) {
  const plain = text.replaceAll(/\[[0-9;]*m/g, "");
  const lines = plain.split("\n").filter((line) => line.trim() && !/^\s+at /.test(line));
  return lines.slice(0, 4).join("\n    ");
}

function missingPictures(source, outputs) {
  const code = source.replaceAll(/\/\/.*$/gm, "");
  const names = new Set(Array.from(code.matchAll(/\bawait (show[A-Z]\w*)\(/g), ([, name]) => name));
  const has = (mime) => outputs.some((o) => o.data?.[mime]);
  return [...names].filter((name) => !has(TABLES.includes(name) ? "text/html" : "image/png"));
}

/** Whether nearly all pixels have one colour. */
async function isBlank(base64) {
  const image = await loadImage(Buffer.from(base64, "base64"));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  let most = 0;
  for (const count of counts.values()) most = Math.max(most, count); // a photograph has too many to spread
  return most > 0.995 * pixels.length;
}
