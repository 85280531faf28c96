import assert from "node:assert/strict";
import { test } from "node:test";
import type { Probe } from "../../src/helpers";
import { showMovedFilters } from "../../src/viz/show-moved-filters";
import { showProbe } from "../../src/viz/show-probe";
import { assertPicture, captured, capturedOne } from "./capture";

const input = {
  type: "image" as const,
  height: 32,
  width: 32,
  channels: 3,
  range: [0, 255] as [number, number],
};
const unit = (unit: number, relative: number) => ({
  unit,
  kind: unit % 2 ? ("curve" as const) : ("straight" as const),
  response: 5 * relative,
  relative,
});
const probe: Probe = {
  description: "ring, light on dark",
  pixels: Float32Array.from({ length: 32 * 32 * 3 }, (_, i) => i % 256),
  input,
  layers: ["conv1", "conv2", "conv3"].map((layer) => ({
    layer,
    units: Array.from({ length: 10 }, (_, i) => unit(i, 1.2 - 0.1 * i)),
  })),
};

test("a probe shows the stimulus and who answers", async () => {
  const [picture, chart] = await captured(() => showProbe(probe, { most: 4 }));
  await assertPicture(picture);
  await assertPicture(chart);
  assert.equal(picture.data["text/plain"], "The stimulus: ring, light on dark");
  const lines = chart.data["text/plain"].split("\n");
  assert.equal(lines.length, 2 + 3 * 4);
  assert.match(lines[2], /^conv1 +unit 0 \(straight\) +120 %$/);
  await assert.rejects(showProbe(probe, { most: 0 }), /most is a whole number from 1. Received: 0/);
});

test("moved filters show a tick each and the middle of the layer", async () => {
  const moved = [
    { layer: "conv1", units: Float32Array.from([0, 0.1, 0.4]) },
    { layer: "conv2", units: Float32Array.from([0.5, 0.25, 0.75, 1, 0.6]) },
  ];
  const shown = await capturedOne(() => showMovedFilters(moved));
  await assertPicture(shown);
  assert.match(shown.data["text/plain"], /conv1 +0.0 % +10.0 % +40.0 %\nconv2 +25.0 % +60.0 % +100.0 %/);
  await assert.rejects(showMovedFilters([]), /there are no layers/);
});
