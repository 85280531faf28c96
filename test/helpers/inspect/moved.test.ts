import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { movedFilters } from "../../../src/helpers/inspect";
import { copyModel, replaceHead, weightsOf } from "../../../src/helpers/model";
import { tinyNet, withoutLeaks } from "../tiny";

test("kernels that stayed have moved by nothing, doubled ones by as much as they were", async () => {
  const before = tinyNet();
  const after = copyModel(before);
  const kernel = weightsOf(after.getLayer("conv2"))[0];
  const factor = tf.oneHot([5], 64);
  const doubled = tf.tidy(() => tf.mul(kernel.read(), tf.add(factor, 1)));
  kernel.write(doubled);
  tf.dispose([factor, doubled]);
  await withoutLeaks(async () => {
    const moved = await movedFilters(before, after);
    assert.deepEqual(
      moved.map(({ layer, units }) => [layer, units.length]),
      [
        ["conv1", 32],
        ["conv2", 64],
        ["conv3", 128],
        ["conv4", 128],
      ],
    );
    const still = moved.filter(({ layer }) => layer !== "conv2").flatMap(({ units }) => [...units]);
    assert.ok(still.every((change) => change === 0));
    moved[1].units.forEach((change, unit) => assert.ok(Math.abs(change - (unit === 5 ? 1 : 0)) < 1e-6));
  });
});

test("a replaced head is left out; networks without a common convolution are refused", async () => {
  const source = tinyNet();
  const target = replaceHead(source, { classes: 7, seed: 1 });
  assert.deepEqual(
    (await movedFilters(source, target)).map(({ layer }) => layer),
    ["conv1", "conv2", "conv3", "conv4"],
  );
  const other = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  await assert.rejects(movedFilters(source, other), /no convolution in common/);
});
