import assert from "node:assert/strict";
import { test } from "node:test";
import { asKindOf, putBuffers, takeBuffers } from "../../../src/live/widget/buffers";

test("binary values are taken out with their paths, and the state stays as it is", () => {
  const [a, b, c] = [new Uint8Array([1]), new Float32Array([1]), new Uint8Array([2, 3]).buffer];
  const state = { plain: [0, "text"], x: { ar: a }, y: { shape: [10, 10], data: b }, z: [[c, 1], null] };
  const taken = takeBuffers(state);
  assert.deepEqual(JSON.parse(JSON.stringify(taken.state)), {
    plain: [0, "text"],
    x: {},
    y: { shape: [10, 10] },
    z: [[null, 1], null],
  });
  assert.deepEqual(taken.paths, [
    ["x", "ar"],
    ["y", "data"],
    ["z", 0, 0],
  ]);
  assert.deepEqual(
    taken.buffers.map((bytes) => [...bytes]),
    [[1], [0, 0, 128, 63], [2, 3]],
  );
  assert.equal(state.x.ar, a);

  const back = JSON.parse(JSON.stringify(taken.state));
  putBuffers(back, taken.paths, taken.buffers);
  assert.deepEqual(back.z, [[taken.buffers[2], 1], null]);
  assert.equal(back.y.data, taken.buffers[1]);
});

test("what is not plain data is left to JSON", () => {
  const date = new Date(0);
  assert.deepEqual(takeBuffers({ date, nothing: null, no: undefined }).state, {
    date,
    nothing: null,
    no: undefined,
  });
});

test("paths that a state does not have are refused", () => {
  const put = (path: (string | number)[]) => () => putBuffers({ a: { b: 1 } }, [path], [new Uint8Array(1)]);
  for (const path of [
    ["b", "c"],
    ["a", "b", "c"],
    [],
    ["__proto__", "x"],
    ["constructor", "prototype", "x"],
    ["__proto__"],
  ])
    assert.throws(put(path), /Cannot put a binary value at/);
  assert.throws(() => putBuffers({}, [["a"]], []), /Cannot put 1 binary values into a state: 0 came with it/);
  assert.equal(({} as { x?: unknown }).x, undefined);
});

test("bytes become the kind of array that was there, wherever they begin", () => {
  const bytes = Buffer.from(new Uint8Array([9, 0, 0, 128, 63])).subarray(1);
  assert.deepEqual(asKindOf(new Float32Array(7), bytes), new Float32Array([1]));
  assert.deepEqual(asKindOf(new Uint8Array(0), bytes), new Uint8Array([0, 0, 128, 63]));
  assert.deepEqual(asKindOf(new ArrayBuffer(0), bytes), new Uint8Array([0, 0, 128, 63]).buffer);
  assert.equal(asKindOf("text", bytes), bytes);
  assert.equal(asKindOf(new Uint8Array(1), "text"), "text");
});
