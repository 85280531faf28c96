import assert from "node:assert/strict";
import { test } from "node:test";
import { stimulusBank, type Stimulus } from "../../src/helpers";
import type { Raster } from "../../src/viz/raster";
import { showStimuli } from "../../src/viz/show-stimuli";
import { assertPicture, capturedOne } from "./capture";

async function drawn(stimuli: readonly Stimulus[] | readonly Raster[]) {
  const shown = await capturedOne(() => showStimuli(stimuli));
  await assertPicture(shown);
  const { width, height } = shown.metadata["image/png"] as { width: number; height: number };
  return { lines: shown.data["text/plain"].split("\n"), width, height };
}

test("of a bank each figure comes once, under its kind", async () => {
  const { lines, width } = await drawn(stimulusBank());
  assert.ok(width <= 480, `${width} px wide`);
  assert.deepEqual(
    lines.map((line) => line.split(":")[0]),
    ["What the network is shown", "straight", "corner", "curve", "other"],
  );
  const names = lines.slice(1).flatMap((line) => line.split(": ")[1].split(", "));
  const figures = new Set(stimulusBank().map(({ figure }) => figure.name));
  assert.deepEqual(names.sort(), [...figures].sort());
  const grey = await drawn(stimulusBank({ channels: 1 }).filter(({ figure }) => figure.kind === "curve"));
  assert.deepEqual(
    grey.lines.map((line) => line.split(":")[0]),
    ["What the network is shown", "curve"],
  );
});

test("pictures are shown with their labels, small ones enlarged and large ones shrunk", async () => {
  const picture = (side: number, label?: string): Raster => ({
    pixels: Float32Array.from({ length: side * side }, (_, i) => i % 7),
    height: side,
    width: side,
    channels: 1,
    range: [0, 6],
    label,
  });
  const small = await drawn([picture(16, "checks"), picture(16)]);
  assert.deepEqual(small.lines, ["What the network is shown", "checks, picture 2"]);
  const large = await drawn([picture(256, "checks"), picture(200)]);
  assert.equal(large.height, small.height);
});

test("none are refused", () => {
  assert.throws(() => showStimuli([]), /Cannot show stimuli: there are none/);
});
