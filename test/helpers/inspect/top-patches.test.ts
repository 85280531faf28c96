import assert from "node:assert/strict";
import { test } from "node:test";
import { imageAt, type Examples } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { activations } from "../../../src/helpers/inspect/activations";
import { receptiveField } from "../../../src/helpers/inspect/receptive-field";
import { TopK } from "../../../src/helpers/inspect/top-k";
import { topPatches, topPlaces, type Patch } from "../../../src/helpers/inspect/top-patches";
import { weightsOf } from "../../../src/helpers/model";
import { assertClose, stripes, tinyNet, withoutLeaks } from "../tiny";

/** The oracle: all maps at once, sorted. */
async function sorted(
  model: tf.LayersModel,
  layer: string,
  images: Examples,
  unit: number,
): Promise<Pick<Patch, "image" | "row" | "column" | "value">[]> {
  const [{ height, width, channels, values }] = await activations(model, images, { layers: [layer] });
  return Array.from({ length: images.count }, (_, image) => {
    let best = { image, row: 0, column: 0, value: -Infinity };
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const value = values[((image * height + row) * width + column) * channels + unit];
        if (value > best.value) best = { image, row, column, value };
      }
    return best;
  }).sort((a, b) => b.value - a.value || a.image - b.image);
}

test("each unit gets the patches that all maps, sorted, give it: one an image, over several batches", async () => {
  const model = tinyNet(5);
  const images = stripes(300, 2);
  await withoutLeaks(async () => {
    const found = await topPatches(model, "conv2", images, { perUnit: 4 });
    assert.deepEqual(
      [found.layer, found.readAt, found.height, found.width, found.count, found.units.length],
      ["conv2", "norm2", 12, 12, 300, 64],
    );
    for (const unit of [0, 17, 63]) {
      const { patches } = found.units[unit];
      const expected = (await sorted(model, "norm2", images, unit)).slice(0, 4);
      assert.deepEqual(
        patches.map(({ image }) => image),
        expected.map(({ image }) => image),
      );
      assertClose(
        patches.map(({ value }) => value),
        expected.map(({ value }) => value),
        1e-4,
      );
      assert.deepEqual(
        patches.map(({ row, column }) => [row, column]),
        expected.map(({ row, column }) => [row, column]),
      );
    }
  });
  model.dispose();
});

test("a patch is what the unit sees, with grey where that lies outside of the image", async () => {
  const model = tinyNet(5);
  const bytes = stripes(12, 3);
  const floats = { ...bytes, images: Float32Array.from(bytes.images) };
  let outside = 0;
  for (const [images, grey] of [
    [bytes, 127],
    [floats, 127.5],
  ] as const) {
    const { units } = await topPatches(model, "conv3", images, { units: [4, 90], perUnit: 3 });
    assert.deepEqual(
      units.map(({ unit, patches }) => [unit, patches.length]),
      [
        [4, 3],
        [90, 3],
      ],
    );
    for (const { image, row, column, box, pixels, height, width, channels, range } of units.flatMap(
      ({ patches }) => patches,
    )) {
      assert.deepEqual(box, receptiveField(model, "norm3").at(row, column));
      assert.deepEqual([height, width, channels, range], [24, 24, 3, [0, 255]]);
      assert.equal(pixels.constructor, images.images.constructor);
      const whole = imageAt(images, image);
      for (let i = 0, y = box.top; y < box.bottom; y++)
        for (let x = box.left; x < box.right; x++)
          for (let c = 0; c < 3; c++, i++) {
            const inside = y >= 0 && x >= 0 && y < 16 && x < 16;
            assert.equal(pixels[i], inside ? whole[(y * 16 + x) * 3 + c] : grey, `${y}, ${x}`);
            if (!inside) outside++;
          }
    }
  }
  assert.ok(outside > 100);
  model.dispose();
});

test("a unit whose sign batch norm turns is excited by what its kernel dislikes", async () => {
  const model = tinyNet(5);
  const images = stripes(20, 4);
  const gamma = weightsOf(model.getLayer("norm1"))[0];
  const turned = tf.fill([32], -1);
  gamma.write(turned);
  turned.dispose();
  const [unit] = (await topPatches(model, "conv1", images, { units: [3] })).units;
  const expected = await sorted(model, "norm1", images, 3);
  assert.deepEqual(
    unit.patches.map(({ image }) => image),
    expected.slice(0, 9).map(({ image }) => image),
  );
  const pooled = await sorted(model, "pool1", images, 3);
  assert.notEqual(unit.patches[0].image, pooled[0].image);
  model.dispose();
});

test("answers are read after the activation function where asked, and of layers without maps", async () => {
  const model = tinyNet(5);
  const images = stripes(6);
  const after = await topPatches(model, "conv2", images, { beforeActivation: false, units: [1] });
  assert.equal(after.readAt, "relu2");
  assert.ok(after.units[0].patches.every(({ value }) => value >= 0));
  assert.equal((await topPatches(model, "relu2", images)).readAt, "relu2");
  const head = await topPatches(model, "head", images, { perUnit: 20 });
  assert.deepEqual([head.height, head.units.length, head.units[0].patches.length], [16, 3, 6]);
  assert.deepEqual(head.units[2].patches[0].pixels, imageAt(images, head.units[2].patches[0].image).slice());
  model.dispose();
});

test("units that aren't there, and patches without end, are refused", async () => {
  const model = tinyNet();
  const images = stripes(6);
  await assert.rejects(topPatches(model, "conv9", images), /patches for "conv9".*"conv1"/);
  await assert.rejects(
    topPatches(model, "conv1", images, { units: [32] }),
    /unit 32.*"conv1" has the units 0 to 31/,
  );
  await assert.rejects(topPatches(model, "conv1", images, { units: [] }), /no units.*0 to 31/);
  await assert.rejects(topPatches(model, "conv1", images, { perUnit: 0 }), /from 1.*Received: 0/);
  const many = { ...images, count: 2000, images: new Uint8Array(2000 * 768), labels: new Int32Array(2000) };
  await assert.rejects(
    topPatches(model, "conv4", many, { perUnit: 2000 }),
    /Cannot keep 256,000 patches of 40×40 px: they take 1,172 MB, and 512 MB are allowed/,
  );
  const before = tf.memory().numTensors;
  await assert.rejects(topPatches(model, "conv1", images, { signal: AbortSignal.abort() }), /abort/i);
  assert.equal(tf.memory().numTensors, before);
  model.dispose();
});

test("the highest values are kept in order, the first of equals, and nothing that is no number", () => {
  const top = new TopK(2, 3);
  [1, 5, NaN, 5, 2, 4].forEach((value, key) => top.offer(1, value, key, 10 * key));
  assert.deepEqual(top.best(1), [
    { value: 5, key: 1, place: 10 },
    { value: 5, key: 3, place: 30 },
    { value: 4, key: 5, place: 50 },
  ]);
  assert.deepEqual(top.best(0), []);
});

test("places give the same patches when they are asked for, though all of them would be too large", async () => {
  const model = tinyNet(5);
  const images = stripes(40, 2);
  const { units, ...about } = await topPatches(model, "conv2", images, { perUnit: 4 });
  const { units: known, cut, strongest, ...places } = await topPlaces(model, "conv2", images, { perUnit: 4 });
  assert.deepEqual(places, about);
  assert.equal(known.length, 64);
  for (const { unit, patches } of units) {
    assert.deepEqual(cut(unit), patches);
    assert.deepEqual(cut(unit, 1), patches.slice(0, 1));
    assert.equal(strongest(unit), patches[0].value);
  }
});
