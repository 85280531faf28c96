import assert from "node:assert/strict";
import { test } from "node:test";
import type { KernelSnapshot } from "../../src/helpers";
import { random } from "../../src/helpers/random";
import { kernelRasters } from "../../src/viz/kernel-rasters";
import { showSnapshots, type ShowSnapshotsOptions } from "../../src/viz/show-snapshots";
import { assertPicture, capturedOne } from "./capture";

function snapshot(step: number, channels = 3, units = 32, layer = "conv1"): KernelSnapshot {
  const chance = random(step);
  const kernel = Float32Array.from({ length: 25 * channels * units }, () => chance.normal() / 10);
  return { step, layer, shape: [5, 5, channels, units], kernel };
}

const snapshots = [0, 50, 2000].map((step) => snapshot(step));

async function drawn(options?: ShowSnapshotsOptions, of = snapshots) {
  const shown = await capturedOne(() => showSnapshots(of, options));
  await assertPicture(shown);
  const { width, height } = shown.metadata["image/png"] as { width: number; height: number };
  return { text: shown.data["text/plain"], width, height };
}

test("a row a step, the first sixteen filters, in the width of a notebook", async () => {
  const { text, width, height } = await drawn();
  assert.match(
    text,
    /^16 of the 32 filters of conv1, 5×5 pixels each, at step 0, 50, 2,000: unit 0, 1, .*, 15$/,
  );
  assert.ok(width <= 640, `${width} px wide`);
  assert.ok((await drawn({}, snapshots.slice(0, 2))).height < height - 30);
  const { text: all, width: wide } = await drawn({ units: Array.from({ length: 32 }, (_, i) => i) });
  assert.match(all, /^The 32 filters of conv1/);
  assert.ok(wide <= 680, `${wide} px wide`);
});

test("chosen filters are larger, and come as chosen; grey ones too", async () => {
  const { text, height } = await drawn({ units: [9, 3] });
  assert.match(text, /^2 of the 32 filters of conv1.*: unit 9, 3$/);
  assert.ok(height > (await drawn()).height);
  assert.match((await drawn({}, [snapshot(1, 1, 4)])).text, /^The 4 filters/);
});

test("what can't be shown is refused", () => {
  assert.throws(() => showSnapshots([]), /there are none/);
  assert.throws(() => showSnapshots([snapshot(0, 8)]), /has to take 1 or 3 channels. It takes 8/);
  for (const unit of [32, -1, 0.5])
    assert.throws(
      () => showSnapshots(snapshots, { units: [0, unit] }),
      new RegExp(`units are 0 to 31. Received: ${unit}`),
    );
  assert.throws(() => showSnapshots(snapshots, { units: [] }), /Received: none/);
  assert.throws(
    () => showSnapshots([snapshots[0], snapshot(1, 3, 32, "conv2")]),
    /of several layers: received "conv1" \[5, 5, 3, 32\] and "conv2" \[5, 5, 3, 32\]/,
  );
});

test("a kernel as a picture has its own weights, and its own largest weight as the end of the range", () => {
  // Two units of 1×2 pixels and 3 channels; the units lie side by side.
  const kernel = [1, -0.5, 2, 0, 3, 0.25, 4, 0, 5, 0, -6, 0];
  const [first, second] = kernelRasters(kernel, [1, 2, 3, 2]);
  assert.deepEqual(first, { pixels: Float32Array.of(1, 2, 3, 4, 5, -6), height: 1, width: 2, channels: 3, range: [-6, 6] }); // prettier-ignore
  assert.deepEqual(second.pixels, Float32Array.of(-0.5, 0, 0.25, 0, 0, 0));
  assert.deepEqual(second.range, [-0.5, 0.5]);
  assert.deepEqual(kernelRasters([0], [1, 1, 1, 1])[0].range, [-1, 1]); // grey, not an error
});
