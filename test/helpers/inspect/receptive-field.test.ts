import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { receptiveField, type Box } from "../../../src/helpers/inspect/receptive-field";
import { buildConvNet, graphOf, roleOf, weightsOf } from "../../../src/helpers/model";
import { random, type Random } from "../../../src/helpers/random";
import { withoutLeaks } from "../tiny";

/** Makes every kernel positive, so that nothing cancels: what a pixel reaches, it raises. */
function makePositive(model: tf.LayersModel, seed: number): void {
  const chance = random(seed);
  for (const { layer } of graphOf(model))
    for (const weight of weightsOf(layer)) {
      if (!roleOf(weight).endsWith("kernel")) continue;
      const value = tf.tidy(() =>
        tf.tensor(
          Float32Array.from(
            { length: weight.shape.reduce<number>((a, b) => a * b!, 1) },
            () => 0.1 + chance.uniform(),
          ),
          weight.shape as number[],
        ),
      );
      weight.write(value);
      value.dispose();
    }
}

/** The oracle: raises one pixel after the other and finds the smallest box around those that raise a unit.
 * @param blank The value of a pixel at which every map is zero. */
function seenBoxes(
  model: tf.LayersModel,
  layer: string,
  blank = 0,
): { rows: number; columns: number; box: Box[]; full: boolean[] } {
  const [, height, width, channels] = model.inputs[0].shape as number[];
  const inner = tf.model({ inputs: model.inputs, outputs: model.getLayer(layer).output });
  const [rows, columns, values] = tf.tidy(() => {
    const bumps = tf.tile(tf.reshape(tf.eye(height * width), [-1, height, width, 1]), [1, 1, 1, channels]);
    const answers = inner.apply(tf.add(tf.mul(bumps, 100), blank), { training: false }) as tf.Tensor;
    const rest = inner.apply(tf.fill([1, height, width, channels], blank)) as tf.Tensor;
    const raised = tf.max(tf.sub(answers, rest), -1, true); // a pixel may reach one channel only
    const [, r, c] = raised.shape.length === 4 ? raised.shape : [0, 1, 1];
    return [r, c, raised.dataSync()] as const;
  });
  const box: Box[] = [];
  const full: boolean[] = [];
  for (let unit = 0; unit < rows * columns; unit++) {
    const around: Box = { top: height, left: width, bottom: 0, right: 0 };
    let pixels = 0;
    for (let pixel = 0; pixel < height * width; pixel++) {
      if (!(values[pixel * rows * columns + unit] > 1e-6)) continue;
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      around.top = Math.min(around.top, y);
      around.left = Math.min(around.left, x);
      around.bottom = Math.max(around.bottom, y + 1);
      around.right = Math.max(around.right, x + 1);
      pixels++;
    }
    box.push(pixels > 0 ? around : { top: 0, left: 0, bottom: 0, right: 0 });
    full.push(pixels === (box[unit].bottom - box[unit].top) * (box[unit].right - box[unit].left));
  }
  return { rows, columns, box, full };
}

/** What of a box lies inside of the image. */
function clip({ top, left, bottom, right }: Box, [, height, width]: (number | null)[]): Box {
  return {
    top: Math.max(0, top),
    left: Math.max(0, left),
    bottom: Math.min(height!, bottom),
    right: Math.min(width!, right),
  };
}

interface Check {
  /** Whether what lies outside of the image is all that is padded. */
  exact?: boolean;
  /** Kernels with gaps: look only at units that see no padding. */
  gaps?: boolean;
  blank?: number;
}

function assertSees(
  model: tf.LayersModel,
  layer: string,
  { exact = true, gaps, blank }: Check = {},
  what = layer,
): number {
  let compared = 0;
  const field = receptiveField(model, layer);
  const { rows, columns, box, full } = seenBoxes(model, layer, blank);
  assert.deepEqual([field.rows, field.columns], [rows, columns], `map of ${what}`);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const unit = row * columns + column;
      const [at, inside] = [field.at(row, column), field.inside(row, column)];
      const clipped = clip(at, model.inputs[0].shape);
      const place = `${what} at ${row}, ${column}`;
      if (gaps) {
        if (JSON.stringify(at) !== JSON.stringify(inside)) continue;
        assert.deepEqual(inside, box[unit], place);
        compared++;
        continue;
      }
      assert.deepEqual(inside, box[unit], place);
      assert.ok(full[unit], `${place} sees no hole`);
      if (exact) assert.deepEqual(clipped, box[unit], `clipped: ${place}`);
      assert.ok(at.bottom - at.top <= field.height && at.right - at.left <= field.width, `size: ${place}`);
      compared++;
    }
  return compared;
}

type Maker = (chance: Random) => tf.layers.Layer;
const pair = (chance: Random, low: number, high: number): [number, number] => [
  low + chance.int(high - low + 1),
  low + chance.int(high - low + 1),
];
const PADDINGS = ["same", "valid"] as const;

/** A stride of at most the kernel, so that no pixel is left out between two windows. */
function conv(chance: Random, padding: (typeof PADDINGS)[number]): tf.layers.Layer {
  const kernelSize = pair(chance, 1, 4);
  const strides = kernelSize.map((side) => 1 + chance.int(side)) as [number, number];
  const square = 1 + chance.int(Math.min(...kernelSize));
  return [
    () => tf.layers.conv2d({ filters: 2, kernelSize, strides, padding, useBias: false }),
    () => tf.layers.depthwiseConv2d({ kernelSize, strides: [square, square], padding, useBias: false }),
    () =>
      tf.layers.separableConv2d({
        filters: 2,
        kernelSize,
        strides: [square, square],
        padding,
        useBias: false,
      }),
    () => tf.layers.maxPooling2d({ poolSize: kernelSize, strides, padding }),
    () => tf.layers.averagePooling2d({ poolSize: kernelSize, strides, padding }),
  ][chance.int(5)]();
}

const EXTRAS: Maker[] = [
  () => tf.layers.batchNormalization({}),
  () => tf.layers.reLU({}),
  (chance) => tf.layers.zeroPadding2d({ padding: [pair(chance, 0, 2), pair(chance, 0, 2)] }),
  (chance) => tf.layers.cropping2D({ cropping: [pair(chance, 0, 1), pair(chance, 0, 1)] }),
  (chance) => tf.layers.upSampling2d({ size: pair(chance, 1, 3) }),
  (chance) => tf.layers.upSampling2d({ size: pair(chance, 1, 3), interpolation: "bilinear" }),
];

/** A stack of random layers on an image of random size, named by its number and what it is made of. */
function randomStack(seed: number, layers: number, make: Maker): { model: tf.LayersModel; last: string } {
  const chance = random(seed);
  for (;;) {
    const [height, width] = [9 + chance.int(8), 9 + chance.int(8)];
    const entry = tf.input({ shape: [height, width, 2] });
    let map = entry;
    for (let i = 0; i < layers; i++) {
      const layer = make(chance);
      const next = layer.apply(map) as tf.SymbolicTensor;
      if (!next.shape.slice(1, 3).every((side) => side! >= 1 && side! <= 40)) break;
      map = next;
      if (i < layers - 1) continue;
      const model = tf.model({ inputs: entry, outputs: map });
      makePositive(model, seed);
      return { model, last: layer.name };
    }
  }
}

function describeStack(model: tf.LayersModel): string {
  return model.layers
    .map((layer) => `${layer.getClassName()}${JSON.stringify(layer.outputShape)}`)
    .join(" → ");
}

/** Checks many random stacks. */
function checkStacks(count: number, seed: number, make: Maker, check: Check): void {
  let compared = 0;
  for (let i = 0; i < count; i++) {
    const { model, last } = randomStack(seed + i, 1 + (i % 4), make);
    compared += assertSees(model, last, check, `stack ${seed + i}, ${describeStack(model)}`);
    model.dispose();
  }
  assert.ok(compared > 10 * count, `${compared} units compared`);
}

test("padded as TensorFlow pads, a unit sees what raising pixels says: even kernels, strides, odd sizes", () => {
  checkStacks(40, 100, (chance) => conv(chance, "same"), {});
});

test("so it does without padding, where the last pixels may go unseen", () => {
  checkStacks(30, 200, (chance) => conv(chance, PADDINGS[chance.int(2)]), { exact: false });
});

test("zero padding, cropping and enlarging shift and share what is seen; other layers pass it on", () => {
  const make: Maker = (chance) =>
    chance.int(2) ? conv(chance, PADDINGS[chance.int(2)]) : EXTRAS[chance.int(EXTRAS.length)](chance);
  checkStacks(60, 300, make, { exact: false });
});

test("dilated kernels reach further", () => {
  const make: Maker = (chance) => {
    const padding = PADDINGS[chance.int(2)];
    const kernelSize = pair(chance, 1, 3);
    const settings = { kernelSize, padding, useBias: false };
    return [
      () => tf.layers.conv2d({ ...settings, filters: 2, dilationRate: pair(chance, 1, 3) }),
      () => tf.layers.separableConv2d({ ...settings, filters: 2, dilationRate: 2 }),
      // TensorFlow.js states this dilation and doesn't apply it.
      () => tf.layers.depthwiseConv2d({ ...settings, dilationRate: 2 }),
      () => conv(chance, padding),
    ][chance.int(4)]();
  };
  checkStacks(30, 400, make, { gaps: true });
});

test("branches are united: a shortcut, kernels side by side, a gate over the whole image", () => {
  const entry = tf.input({ shape: [15, 13, 2] });
  const conv2d = (name: string, kernelSize: number, strides = 1): tf.layers.Layer =>
    tf.layers.conv2d({ name, filters: 2, kernelSize, strides, padding: "same", useBias: false });
  const on = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor =>
    layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor;
  const stem = on(conv2d("stem", 2), entry);
  const long = on(conv2d("long2", 3), on(conv2d("long1", 3, 2), stem));
  const sum = on(tf.layers.add({ name: "sum" }), long, on(conv2d("shortcut", 1, 2), stem));
  const side = on(tf.layers.concatenate({ name: "side" }), on(conv2d("five", 5), sum), sum);
  const pooled = on(
    tf.layers.reshape({ targetShape: [1, 1, 4] }),
    on(tf.layers.globalAveragePooling2d({}), side),
  );
  const gate = on(tf.layers.multiply({ name: "gate" }), side, pooled);
  const stacked = on(tf.layers.concatenate({ name: "stacked", axis: 1 }), gate, gate);
  const model = tf.model({ inputs: entry, outputs: stacked });
  makePositive(model, 1);
  for (const layer of ["sum", "side"]) assertSees(model, layer);
  const { at, inside, height } = receptiveField(model, "side");
  assert.deepEqual(at(0, 0), { top: -7, left: -7, bottom: 9, right: 9 });
  assert.deepEqual(inside(0, 0), { top: 0, left: 0, bottom: 9, right: 9 });
  assert.equal(height, 16);
  for (const layer of ["gate", "stacked"])
    assert.deepEqual(receptiveField(model, layer).inside(1, 2), { top: 0, left: 0, bottom: 15, right: 13 });
  model.dispose();
});

test("our network's units see 5, 6, 10, 12, 20, 24 and 40 pixels, the output layer all", async () => {
  const model = buildConvNet({ inputShape: [19, 22, 3], classes: 3, seed: 1 });
  makePositive(model, 2);
  const offset = model.getLayer("rescale").getConfig() as { scale: number; offset: number };
  for (const layer of ["conv1", "pool1", "relu1", "conv2", "norm2", "conv3", "relu3", "conv4"])
    assertSees(model, layer, { exact: false, blank: -offset.offset / offset.scale });
  model.dispose();

  await withoutLeaks(() => {
    const usual = buildConvNet({ inputShape: [32, 32, 3], classes: 3, seed: 1 });
    const sizes = ["conv1", "pool1", "conv2", "relu2", "conv3", "pool3", "conv4"].map(
      (layer) => receptiveField(usual, layer).height,
    );
    assert.deepEqual(sizes, [5, 6, 10, 12, 20, 24, 40]);
    const { strideY, strideX, at, inside } = receptiveField(usual, "conv3");
    assert.deepEqual([strideY, strideX], [4, 4]);
    assert.deepEqual(at(0, 7), { top: -8, left: 20, bottom: 12, right: 40 });
    assert.deepEqual(inside(0, 7), { top: 0, left: 20, bottom: 12, right: 32 });
    for (const layer of ["flatten", "head"]) {
      const whole = receptiveField(usual, layer);
      assert.deepEqual([whole.height, whole.width, whole.strideX, whole.rows], [32, 32, 0, 1]);
    }
    usual.dispose();
  });
});

test("what can't be told is refused", () => {
  const model = buildConvNet({ inputShape: [16, 16, 3], classes: 3, seed: 1 });
  assert.throws(() => receptiveField(model, "conv9"), /receptive field of "conv9".*"conv1"/);
  assert.throws(() => receptiveField(model, "conv2").at(8, 0), /row 8, column 0.*"conv2" has 8 rows/);
  model.dispose();
  const strange = tf.sequential({
    layers: [
      tf.layers.conv2dTranspose({ name: "grow", inputShape: [8, 8, 1], filters: 1, kernelSize: 2 }),
      tf.layers.conv2d({ name: "after", filters: 1, kernelSize: 2 }),
    ],
  });
  assert.throws(
    () => receptiveField(strange, "after"),
    /what "grow" looks at: Conv2DTranspose isn't known.*Convolutions/,
  );
  strange.dispose();
  const first = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [3, 8, 8], filters: 1, kernelSize: 2, dataFormat: "channelsFirst" }),
    ],
  });
  assert.throws(() => receptiveField(first, first.layers[0].name), /channels first/);
  first.dispose();
  const open = tf.sequential({
    layers: [tf.layers.conv2d({ name: "only", inputShape: [null, null, 3], filters: 1, kernelSize: 3 })],
  });
  assert.throws(() => receptiveField(open, "only"), /leaves height and width open/);
  const input = {
    type: "image",
    height: 9,
    width: 7,
    channels: 3,
    range: [0, 1] as [number, number],
  } as const;
  assert.deepEqual(receptiveField(open, "only", { input }).at(6, 4), {
    top: 6,
    left: 4,
    bottom: 9,
    right: 7,
  });
  open.dispose();
});
