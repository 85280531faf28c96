/** Files are made by hand here, byte by byte. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readSafetensors, writeSafetensors } from "../../../../src/helpers/model/weights/safetensors";

interface Entry {
  dtype?: unknown;
  shape?: unknown;
  data_offsets?: unknown;
}

/** A file of a header and values. */
function file(header: Record<string, Entry | unknown> | string, values: Uint8Array | number[] = []): Buffer {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Uint8Array.from(values)]);
}

/** One tensor of one type. */
function one(dtype: string, values: Uint8Array): number[] {
  const size = values.length / 2;
  const bytes = file({ x: { dtype, shape: [2], data_offsets: [0, 2 * size] } }, values);
  return Array.from(readSafetensors(bytes).get("x")!.values);
}

const bytesOf = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

test("every type of number becomes a 32-bit float", () => {
  assert.deepEqual(one("F64", bytesOf(Float64Array.of(0.5, -1e10))), [0.5, -1e10]);
  assert.deepEqual(one("F32", bytesOf(Float32Array.of(0.1, 3e38))), Array.from(Float32Array.of(0.1, 3e38)));
  assert.deepEqual(one("I64", bytesOf(BigInt64Array.of(-3n, 7n))), [-3, 7]);
  assert.deepEqual(one("U64", bytesOf(BigUint64Array.of(3n, 7n))), [3, 7]);
  assert.deepEqual(one("I32", bytesOf(Int32Array.of(-70_000, 5))), [-70_000, 5]);
  assert.deepEqual(one("U32", bytesOf(Uint32Array.of(70_000, 5))), [70_000, 5]);
  assert.deepEqual(one("I16", bytesOf(Int16Array.of(-300, 5))), [-300, 5]);
  assert.deepEqual(one("U16", bytesOf(Uint16Array.of(65_535, 5))), [65_535, 5]);
  assert.deepEqual(one("I8", Uint8Array.of(255, 5)), [-1, 5]);
  assert.deepEqual(one("U8", Uint8Array.of(255, 5)), [255, 5]);
  assert.deepEqual(one("BOOL", Uint8Array.of(1, 0)), [1, 0]);
});

test("16-bit floats are those of IEEE 754, bfloat16 the upper half of a float", () => {
  // What NumPy says of the same bits: one, minus two, the smallest, the largest, a third, the ends.
  const halves: [number, number][] = [
    [0x3c00, 1],
    [0xc000, -2],
    [0x0001, 5.960464477539063e-8],
    [0x03ff, 6.097555160522461e-5],
    [0x7bff, 65_504],
    [0x3555, 0.333251953125],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ];
  for (const [bits, value] of halves)
    assert.deepEqual(one("F16", bytesOf(Uint16Array.of(bits, 0x8000))), [value, -0]);
  assert.deepEqual(one("BF16", bytesOf(Uint16Array.of(0x3fc0, 0xc2f7))), [1.5, -123.5]);
});

test("names, shapes and values come through writing and reading", () => {
  const tensors = new Map([
    ["a.weight", { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ["ä/😀", { shape: [], values: Float32Array.of(7) }],
    ["none", { shape: [0, 4], values: new Float32Array(0) }],
  ]);
  const bytes = writeSafetensors(tensors, { format: "pt" });
  assert.deepEqual(readSafetensors(bytes), tensors);
  const length = Number(bytes.readBigUInt64LE());
  assert.equal(length % 8, 0);
  assert.deepEqual(JSON.parse(bytes.toString("utf8", 8, 8 + length)).__metadata__, { format: "pt" });
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  assert.deepEqual(readSafetensors(shifted.subarray(1)), tensors); // bytes at odd places
});

test("a damaged file is refused, and the error says what is wrong", () => {
  const f32 = (shape: unknown, data_offsets: unknown): Entry => ({ dtype: "F32", shape, data_offsets });
  const eight = new Uint8Array(8);
  const cases: [Buffer, RegExp][] = [
    [Buffer.alloc(3), /it has 3 bytes, and the length of its header alone takes 8/],
    [file("{}").fill(255, 0, 8), /its header should have \d+ bytes, and the file has 10/],
    [file("[]"), /its header is no JSON object/],
    [file('{"a": '), /its header is no JSON object/],
    [file({ a: null }), /"a" is of type undefined, and those read are F64, F32/],
    [file({ a: { dtype: "F4", shape: [], data_offsets: [0, 0] } }), /"a" is of type "F4"/],
    [file({ a: { dtype: "toString", shape: [], data_offsets: [0, 0] } }), /"a" is of type "toString"/],
    [file({ a: f32([2], [0, 12]) }, eight), /"a" should lie at \[0,12\], and there are 8 bytes of values/],
    [file({ a: f32([2], [8, 0]) }, eight), /"a" should lie at \[8,0\]/],
    [file({ a: f32([2], [-8, 0]) }, eight), /"a" should lie at \[-8,0\]/],
    [file({ a: f32([2], [0.5, 8]) }, eight), /"a" should lie at/],
    [file({ a: f32([3], [0, 8]) }, eight), /"a" is \[3\] of F32, but has 8 bytes/],
    [file({ a: f32([-1, -2], [0, 8]) }, eight), /"a" is \[-1,-2\] of F32/],
    [file({ a: f32([2 ** 52, 2 ** 52], [0, 8]) }, eight), /of F32, but has 8 bytes/],
    [file({ a: f32("2", [0, 8]) }, eight), /"a" is "2" of F32/],
    [
      file({ a: f32([1], [0, 4]), b: f32([2], [0, 8]) }, eight),
      /"b" begins at byte 0 of the values, where 4/,
    ],
    [file({ a: f32([1], [4, 8]) }, eight), /"a" begins at byte 4 of the values, where 0 was expected/],
    [file({ a: f32([1], [0, 4]) }, eight), /4 bytes at its end belong to no tensor/],
  ];
  for (const [bytes, message] of cases) assert.throws(() => readSafetensors(bytes), message);
});
