import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine/tf";
import { adapt, inputSpecOf, type Dataset, type Examples, type InputSpec } from "../../../src/helpers/data";
import { resizer } from "../../../src/helpers/data/resize";
import { random } from "../../../src/helpers/random";
import { withData, withoutLeaks } from "./make-files";

const grey28: InputSpec = { type: "image", height: 28, width: 28, channels: 1, range: [0, 255] };
const rgb32: InputSpec = { type: "image", height: 32, width: 32, channels: 3, range: [0, 255] };

function noise(input: InputSpec, count = 3): Examples {
  const chance = random(7);
  const images = Uint8Array.from({ length: count * input.height * input.width * input.channels }, () =>
    chance.int(256),
  );
  return { images, labels: new Int32Array(count), count, classes: ["any"], input };
}

function setOf(input: InputSpec): Dataset {
  return { name: "digits", classes: ["any"], input, train: noise(input), test: noise(input, 2) };
}

/** Runs it and gives the lines that it reported beside its result. */
async function reported<T>(work: () => T): Promise<{ result: T; lines: string[] }> {
  let result!: T;
  const lines = await withData({}, () => {
    result = work();
    return Promise.resolve();
  });
  return { result, lines };
}

test("enlarging is TensorFlow's bilinear resize", () => {
  for (const channels of [1, 3]) {
    const { images } = noise({ ...grey28, channels }, 1);
    const ours = resizer({ height: 28, width: 28 }, { height: 32, width: 45 }, channels)(images);
    const theirs = tf.tidy(() =>
      tf.image
        .resizeBilinear(tf.tensor4d(images, [1, 28, 28, channels], "float32"), [32, 45], false, true)
        .dataSync(),
    );
    for (let i = 0; i < theirs.length; i++) assert.ok(Math.abs(ours[i] - theirs[i]) < 1e-3, `value ${i}`);
  }
});

test("shrinking weighs all pixels that a new one covers", () => {
  const row = resizer({ height: 1, width: 8 }, { height: 1, width: 4 }, 1)([0, 0, 0, 80, 0, 0, 0, 0]);
  assert.deepEqual([...row], [0, 30, 10, 0]); // a triangle of half-width 2 over centres at ±0.5 and ±1.5: 3/8 and 1/8
  const corner = resizer(
    { height: 4, width: 4 },
    { height: 2, width: 2 },
    1,
  )([49, ...new Array<number>(15).fill(0)]);
  assert.deepEqual([...corner].map(Math.round), [9, 0, 0, 0]); // at the edge 3/7 in each direction
  const flat = resizer(
    { height: 61, width: 33 },
    { height: 7, width: 32 },
    1,
  )(new Float32Array(61 * 33).fill(5));
  for (const value of flat) assert.ok(Math.abs(value - 5) < 1e-5);
});

test("adapt: digits become small photographs, and one line says so", async () => {
  const set = setOf(grey28);
  const { result, lines } = await reported(() => adapt(set, { like: rgb32 }));
  assert.deepEqual(lines, ["digits: 28×28 → 32×32, grey → RGB"]);
  assert.deepEqual(result.input, rgb32);
  assert.deepEqual(result.test.input, rgb32);
  assert.equal(result.train.images.length, 3 * 32 * 32 * 3);
  assert.ok(result.train.images instanceof Uint8Array);
  const resized = resizer(grey28, rgb32, 1)(set.test.images.subarray(784));
  for (let p = 0; p < 1024; p++)
    for (let c = 0; c < 3; c++)
      assert.ok(
        Math.abs(result.test.images[3072 + 3 * p + c] - resized[p]) <= 0.5001,
        "rounds to the nearest",
      );
  assert.deepEqual(set.input, grey28, "the set given stays as it was");
});

test("adapt: colour becomes luminance, bytes become 0…1 and back", async () => {
  const colours: Examples = {
    ...noise({ ...rgb32, height: 1, width: 1 }, 3),
    images: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255),
  };
  const unit: InputSpec = { ...colours.input, channels: 1, range: [0, 1] };
  const { result, lines } = await reported(() => adapt(colours, { like: unit }));
  assert.deepEqual(lines, ["examples: RGB → grey, 0…255 → 0…1"]);
  [0.299, 0.587, 0.114].forEach((y, i) => assert.ok(Math.abs(result.images[i] - y) < 1e-6));
  const { result: back } = await reported(() => adapt(result, { like: { ...unit, range: [0, 255] } }));
  assert.ok(back.images instanceof Uint8Array);
  assert.deepEqual([...back.images], [76, 150, 29]);
});

test("adapt: nothing to do is done silently", async () => {
  const set = setOf(grey28);
  const { result, lines } = await reported(() => adapt(set, { like: setOf(grey28) }));
  assert.deepEqual(lines, []);
  assert.equal(result.train.images, set.train.images);
  assert.notEqual(result, set);
});

/** A layers model whose input is `[batch, …shape]`. */
function modelOf(shape: (number | null)[]): tf.LayersModel {
  const input = tf.input({ shape });
  return tf.model({ inputs: input, outputs: input, name: "net" });
}

test("adapt: like a model, by its card, else by its shape", async () => {
  await withoutLeaks(async () => {
    const model = modelOf([32, 32, 3]);
    assert.deepEqual(inputSpecOf(model), rgb32);
    const bare = await reported(() => adapt(setOf(grey28), { like: model }));
    assert.deepEqual(bare.lines, [
      "digits: 28×28 → 32×32, grey → RGB, values taken to be 0…255, as the model has no card",
    ]);
    model.setUserDefinedMetadata({ card: { input: { ...rgb32, range: [0, 1] } } });
    const carded = await reported(() => adapt(setOf(grey28), { like: model }));
    assert.deepEqual(carded.lines, ["digits: 28×28 → 32×32, grey → RGB, 0…255 → 0…1"]);
    const open = await reported(() => adapt(setOf(grey28), { like: modelOf([null, null, 3]) }));
    assert.deepEqual(open.result.input, { ...grey28, channels: 3 });
  });
});

test("adapt: what resizing can't mend is refused", () => {
  const set = setOf(grey28);
  const audio: InputSpec = { ...rgb32, type: "audio" };
  assert.throws(
    () => adapt(set, { like: audio }),
    /from image to audio: .* only between data of the same input type/,
  );
  assert.throws(() => adapt(set, { like: { ...rgb32, channels: 4 } }), /from 1 to 4 channels/);
  assert.throws(
    () => adapt(setOf({ ...grey28, type: "audio" }), { like: audio }),
    /only images can be resized/,
  );
  assert.throws(
    () => adapt(set, { like: modelOf([784]) }),
    /what images "net" takes: its inputs are \[, 784\]/,
  );
  assert.throws(() => inputSpecOf(modelOf([null, null, 3])), /leaves height and width open/);
  assert.throws(() => adapt(set, { like: { ...rgb32, width: NaN } }), /32×NaN×3/);
  assert.throws(() => adapt(set, { like: undefined as unknown as InputSpec }), /type "undefined"/);
});
