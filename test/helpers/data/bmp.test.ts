import assert from "node:assert/strict";
import { test } from "node:test";
import { readBmp } from "../../../src/helpers/data/bmp";
import { tf } from "../../../src/helpers/engine/tf";
import { bmp, bmp24, noise } from "./make-pictures";

const MANY = 1e6;
/** Blue, green, red. */
const palette = [
  [0, 0, 255],
  [0, 255, 0],
  [255, 0, 0],
  [10, 20, 30],
];

test("24 bits: TensorFlow reads the same, padded rows and all", () => {
  for (const [height, width] of [
    [1, 1],
    [5, 3],
    [4, 6],
    [7, 9],
  ]) {
    const bytes = bmp24(noise(height, width));
    const picture = tf.node.decodeBmp(bytes, 3);
    assert.deepEqual(readBmp(bytes, MANY).pixels, Uint8Array.from(picture.dataSync()));
    picture.dispose();
    assert.deepEqual(readBmp(bytes, MANY).pixels, noise(height, width).pixels);
  }
});

test("palettes of 1, 4 and 8 bits, also with the first bitmaps' head", () => {
  const expected = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [30, 20, 10],
  ];
  const eight = bmp({ bits: 8, height: 1, width: 4, rows: [[0, 1, 2, 3]], palette });
  assert.deepEqual([...readBmp(eight, MANY).pixels], expected.flat());
  const four = bmp({
    bits: 4,
    height: 2,
    width: 3,
    rows: [
      [0x01, 0x20],
      [0x32, 0x10],
    ],
    palette,
  });
  assert.deepEqual(
    [...readBmp(four, MANY).pixels],
    [0, 1, 2, 3, 2, 1].flatMap((i) => expected[i]),
  );
  const one = bmp({
    bits: 1,
    height: 1,
    width: 9,
    rows: [[0b01100001, 0b10000000]],
    palette: palette.slice(0, 2),
  });
  assert.deepEqual(
    [...readBmp(one, MANY).pixels],
    [0, 1, 1, 0, 0, 0, 0, 1, 1].flatMap((i) => expected[i]),
  );
  const full = Array.from({ length: 256 }, (_, i) => palette[i % 4]);
  const old = bmp({ bits: 8, height: 1, width: 2, rows: [[6, 255]], palette: full, headSize: 12 });
  assert.deepEqual([...readBmp(old, MANY).pixels], [...expected[2], ...expected[3]]);
});

test("16 and 32 bits: masks, their scale, and alpha only where it is said", () => {
  const fives = bmp({ bits: 16, height: 1, width: 2, rows: [[0x00, 0x7c, 0xe0, 0x03]] });
  assert.deepEqual([...readBmp(fives, MANY).pixels], [255, 0, 0, 0, 255, 0]);
  const six = bmp({ bits: 16, height: 1, width: 1, rows: [[0xe0, 0x07]], masks: [0xf800, 0x07e0, 0x001f] });
  assert.deepEqual([...readBmp(six, MANY).pixels], [0, 255, 0]);
  const plain = readBmp(bmp({ bits: 32, height: 1, width: 1, rows: [[1, 2, 3, 0]] }), MANY);
  assert.deepEqual([plain.channels, ...plain.pixels], [3, 3, 2, 1]);
  const masks = [0xff, 0xff00, 0xff0000, 0xff000000];
  const alpha = readBmp(
    bmp({
      bits: 32,
      height: 2,
      width: 1,
      rows: [
        [1, 2, 3, 128],
        [4, 5, 6, 255],
      ],
      masks,
      headSize: 108,
      topDown: true,
    }),
    MANY,
  );
  assert.deepEqual([alpha.channels, ...alpha.pixels], [4, 1, 2, 3, 128, 4, 5, 6, 255]);
});

test("runs of 8 and 4 bits: counts, literals, ends of rows, jumps, and the end", () => {
  const colours = (indices: number[]): number[] => indices.flatMap((i) => [...palette[i]].reverse());
  const packed = (bits: number, rle: number[]): Buffer =>
    bmp({ bits, height: 3, width: 4, rows: [rle], palette, packing: bits === 8 ? 1 : 2 });
  const eight = [3, 1, 1, 2, 0, 0, 0, 3, 1, 2, 3, 0, 0, 2, 0, 1, 1, 3, 0, 1];
  // The bottom row is 1112; the middle one 123 and then, a row further up, one 3.
  assert.deepEqual(
    [...readBmp(packed(8, eight), MANY).pixels],
    colours([0, 0, 0, 3, 1, 2, 3, 0, 1, 1, 1, 2]),
  );
  const four = [4, 0x12, 0, 0, 0, 3, 0x32, 0x10, 0, 0, 4, 0x33, 0, 1];
  assert.deepEqual([...readBmp(packed(4, four), MANY).pixels], colours([3, 3, 3, 3, 3, 2, 1, 0, 1, 2, 1, 2]));
  const unmarked = [4, 1, 0, 0, 4, 2, 0, 0, 4, 3];
  assert.deepEqual(
    [...readBmp(packed(8, unmarked), MANY).pixels],
    colours([3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1]),
  );
  assert.throws(() => readBmp(packed(8, [4, 1, 0, 0, 4, 2, 0, 9, 1, 1]), MANY), /cut off/);
  assert.throws(() => readBmp(packed(8, [4, 9, 0, 1]), MANY), /a colour that it doesn't have/);
});

test("damaged bitmaps, and kinds that aren't read, are refused with the reason", () => {
  const whole = bmp24(noise(4, 4));
  const changed = (at: number, value: number): Buffer => {
    const copy = Buffer.from(whole);
    copy.writeInt32LE(value, at);
    return copy;
  };
  for (let length = 0; length < whole.length; length++)
    assert.throws(
      () => readBmp(whole.subarray(0, length), MANY),
      /cut off|bits a pixel|pixels|head/,
      `${length} bytes`,
    );
  assert.throws(() => readBmp(changed(18, 2 ** 30), MANY), /says it has 1073741824×4 pixels/);
  assert.throws(() => readBmp(changed(18, -4), MANY), /says it has -4×4 pixels/);
  assert.throws(() => readBmp(changed(28, 7), MANY), /7 bits a pixel/);
  assert.throws(() => readBmp(changed(30, 4), MANY), /packed in a way that isn't read; save it as PNG/);
  assert.throws(() => readBmp(changed(14, 13), MANY), /a head of 13 bytes/);
  assert.throws(() => readBmp(changed(10, 1000), MANY), /cut off/);
  const beyond = bmp({ bits: 8, height: 1, width: 1, rows: [[9]], palette });
  assert.throws(() => readBmp(beyond, MANY), /a colour that it doesn't have/);
});
