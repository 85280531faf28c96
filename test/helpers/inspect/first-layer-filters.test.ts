import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { firstLayerFilters } from "../../../src/helpers/inspect/first-layer-filters";
import type { Filter, FirstLayerFilters } from "../../../src/helpers/inspect/types";
import { buildConvNet, loadModel, weightsOf } from "../../../src/helpers/model";
import { random } from "../../../src/helpers/random";
import { assertClose, tinyNet, withoutLeaks } from "../tiny";
import { apart, coloured, drawn, gabor, hill, networkOf, noise } from "./planted-kernels";

const SHIPPED = join(__dirname, "../../../data/pretrained/cifar10-convnet");
const SIDE = 7;
const COLOURS = [[1, 1, 1], [1, -1, 0], [-0.5, -0.5, 1], [0, 0, -1]]; // prettier-ignore

/** What is found in a network, which is disposed; by unit. */
async function read(model: tf.LayersModel): Promise<{ found: FirstLayerFilters; units: Filter[] }> {
  const found = await firstLayerFilters(model);
  model.dispose();
  return { found, units: [...found.filters].sort((a, b) => a.unit - b.unit) };
}

const share = (filters: readonly Filter[], kind: Filter["kind"]): number =>
  filters.filter((filter) => filter.kind === kind).length / filters.length;
const meanR2 = (filters: readonly Filter[]): number =>
  filters.reduce((sum, { gaborR2 }) => sum + gaborR2, 0) / filters.length;

for (const [name, colours] of [
  ["in colour", COLOURS],
  ["in grey", [[1], [-2]]],
] as [string, number[][]][])
  // prettier-ignore
  test(`planted Gabor functions ${name} are read right`, () =>
    withoutLeaks(async () => {
      const planted = [0, 20, 45, 70, 90, 125, 160].flatMap((angle, i) =>
        colours.map((colour, j) => ({
          angle,
          colour,
          frequency: [0.15, 0.2, 0.3][(i + j) % 3],
          phase: [0, 1, Math.PI / 2][j % 3],
        })),
      );
      const kernels = planted.map((one) => coloured(drawn(gabor(one), SIDE), one.colour));
      const { found, units } = await read(networkOf(kernels, SIDE, colours[0].length));
      const { layer, height, width, channels } = found;
      assert.deepEqual([layer, height, width, channels], ["planted", SIDE, SIDE, colours[0].length]);
      units.forEach(({ kind, angle, frequency, gaborR2 }, unit) => {
        const what = JSON.stringify({ ...planted[unit], found: { kind, angle, frequency, gaborR2 } });
        assert.equal(kind, "oriented", what);
        assert.ok(apart(angle, planted[unit].angle) < 3, what);
        assert.ok(Math.abs(frequency - planted[unit].frequency) < 0.026, what);
        assert.ok(gaborR2 > 0.99, what);
      });
    }));

test("hills in a colour are blobs; white noise is mostly neither, and fits worse", async () => {
  const chance = random(5);
  const hills = COLOURS.map((colour, i) => coloured(drawn(hill(1.5, i - 1, 0.5), SIDE), colour));
  const noises = Array.from({ length: 60 }, () => noise(SIDE * SIDE * 3, chance));
  const { units } = await read(networkOf([...hills, ...noises], SIDE));
  const [blobs, rest] = [units.slice(0, hills.length), units.slice(hills.length)];
  assert.equal(share(blobs, "blob"), 1);
  assert.ok(blobs.every(({ frequency }) => frequency === 0));
  assert.ok(share(rest, "neither") > 0.6, `${share(rest, "neither")}`);
  assert.ok(meanR2(rest) < 0.5 && meanR2(blobs) > 0.99, `${meanR2(rest)}, ${meanR2(blobs)}`);
});

test("edges come first, by angle, then blobs, then the rest; pixels are weights by the largest", async () => {
  const chance = random(2);
  const kernels = [
    noise(SIDE * SIDE * 3, chance).map((weight) => weight / 100),
    coloured(drawn(hill(1.5), SIDE), [1, 0, 0]),
    ...[120, 10, 60].map((angle) => coloured(drawn(gabor({ angle, frequency: 0.2 }), SIDE), [1, -1, 0])),
    new Float64Array(SIDE * SIDE * 3),
  ];
  const { found, units } = await read(networkOf(kernels, SIDE));
  assert.deepEqual(
    found.filters.map(({ unit, kind }) => [unit, kind]),
    [[3, "oriented"], [4, "oriented"], [2, "oriented"], [1, "blob"], [0, "neither"], [5, "neither"]], // prettier-ignore
  );
  units.forEach(({ pixels }, unit) => {
    const largest = Math.max(...kernels[unit].map(Math.abs)) || 1;
    assertClose(
      pixels,
      kernels[unit].map((weight) => weight / largest),
      1e-6,
    );
  });
  assert.equal(units[5].gaborR2, 0);
});

/** The largest share of variance that SciPy explained of each kernel of the shipped network, from 40 random starts
 * each: numpy.linalg.svd gave the colour component, scipy.optimize.curve_fit all eight parameters at once. */
const SCIPY = [
  0.9961, 0.9819, 0.9724, 0.9649, 0.9566, 0.9825, 0.8566, 0.9302, 0.9745, 0.9627, 0.8875, 0.8236, 0.9261,
  0.9519, 0.9775, 0.9511, 0.9373, 0.9275, 0.9727, 0.9808, 0.928, 0.9781, 0.9722, 0.944, 0.9945, 0.6509,
  0.9691, 0.9182, 0.9725, 0.9654, 0.9077, 0.5292,
];

test("of the shipped network most filters are edges, few are neither, and SciPy fits them no better", async () => {
  const { found, units } = await read(await loadModel(SHIPPED));
  assert.equal(found.layer, "conv1");
  assert.ok(share(units, "oriented") >= 0.45, `${share(units, "oriented")}`);
  assert.ok(share(units, "neither") <= 0.2, `${share(units, "neither")}`);
  assertClose(
    units.map(({ gaborR2 }) => gaborR2),
    SCIPY,
    1e-3,
  );
});

test("of random weights one filter in five looks like an edge, three in four like neither", async () => {
  const networks = Array.from({ length: 10 }, (_, i) =>
    buildConvNet({ inputShape: [32, 32, 3], classes: 10, seed: i + 1 }),
  );
  const units = (await Promise.all(networks.map(read))).flatMap((network) => network.units);
  assert.equal(units.length, 320);
  const [oriented, neither] = [share(units, "oriented"), share(units, "neither")];
  assert.ok(Math.abs(oriented - 0.19) < 0.06, `${oriented}`);
  assert.ok(Math.abs(neither - 0.75) < 0.06, `${neither}`);
  assert.ok(meanR2(units) < 0.6, `${meanR2(units)}`);
});

test("a quarter turn of all kernels turns all angles, and nothing else", async () => {
  const model = await loadModel(SHIPPED);
  const before = await firstLayerFilters(model);
  tf.tidy(() => {
    const kernel = weightsOf(model.getLayer("conv1"))[0];
    // To the left: what was to the right is above.
    kernel.write(tf.reverse(tf.transpose(kernel.read(), [1, 0, 2, 3]), [0]));
  });
  const { units } = await read(model);
  for (const { unit, kind, angle, frequency, gaborR2 } of before.filters) {
    const turned = units[unit];
    assert.deepEqual([turned.kind, turned.frequency], [kind, frequency], `unit ${unit}`);
    assert.ok(Math.abs(turned.gaborR2 - gaborR2) < 0.03, `unit ${unit}: ${gaborR2}, ${turned.gaborR2}`);
    if (kind === "oriented") assert.ok(apart(turned.angle, angle + 90) < 0.1, `unit ${unit}`);
  }
});

test("a nested network is opened; one without filters that can be seen is refused", async () => {
  const { found } = await read(tf.sequential({ layers: [tinyNet()] }));
  assert.match(found.layer, /\/conv1$/);
  const dense = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })], name: "dense" });
  await assert.rejects(
    firstLayerFilters(dense),
    /Cannot read the first filters of "dense": it has no convolution/,
  );
  const four = networkOf([new Float64Array(9 * 4)], 3, 4);
  await assert.rejects(firstLayerFilters(four), /"planted": it has to take 1 or 3 channels. It takes 4/);
});
