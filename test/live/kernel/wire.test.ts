import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import {
  bytesOf,
  newHeader,
  readMessage,
  typeOf,
  writeMessage,
  type Message,
} from "../../../src/live/kernel/wire";

const message = (): Message => ({
  identity: [Buffer.from("topic")],
  header: newHeader("comm_msg", "session"),
  parent: newHeader("execute_request", "page"),
  metadata: { a: [1, null] },
  content: { text: "ä → 語", data: {} },
  buffers: [new Uint8Array([1, 2, 3]), new Uint8Array(0)],
});

test("what is written can be read, by the same key only", () => {
  const sent = message();
  const frames = writeMessage("key", sent);
  const read = readMessage("key", frames);
  assert.deepEqual(
    JSON.parse(JSON.stringify(read)),
    JSON.parse(JSON.stringify({ ...sent, identity: read.identity, buffers: read.buffers })),
  );
  assert.deepEqual(
    read.buffers.map((b) => [...b]),
    [[1, 2, 3], []],
  );
  assert.equal(typeOf(frames), "comm_msg");
  assert.throws(() => readMessage("another", frames), /signature/);
});

test("the signature covers header, parent, metadata and content, as the protocol says", () => {
  const frames = writeMessage("key", message());
  const hash = createHmac("sha256", "key");
  for (const frame of frames.slice(3, 7)) hash.update(frame);
  assert.equal(frames[2].toString(), hash.digest("hex"));
  for (let i = 3; i < 7; i++) {
    const changed = frames.with(i, Buffer.from('{"header":1}'));
    assert.throws(() => readMessage("key", changed), /signature/);
  }
});

test("without a key nothing is signed", () => {
  const frames = writeMessage("", message());
  assert.equal(frames[2].length, 0);
  assert.equal(readMessage("", frames).header.msg_type, "comm_msg");
});

test("frames that are no message are refused", () => {
  assert.throws(() => readMessage("key", [Buffer.from("x")]), /Cannot read a message of 1 frames/);
  assert.throws(
    () => readMessage("key", writeMessage("key", message()).slice(0, 5)),
    /Cannot read a message/,
  );
  assert.equal(typeOf([Buffer.from("<IDS|MSG>"), ...Array(5).fill(Buffer.from("no JSON"))]), undefined);
});

test("buffers are sent as they were, whatever becomes of them", () => {
  const sent = message();
  const frames = writeMessage("key", sent);
  sent.buffers[0].fill(9);
  assert.deepEqual([...frames[7]], [1, 2, 3]);
});

test("the bytes of a view are those that it shows", () => {
  const { buffer } = new Float32Array([0, 1, 2]);
  assert.deepEqual([...bytesOf(new Float32Array(buffer, 4, 1))], [0, 0, 128, 63]);
  assert.equal(bytesOf(buffer).length, 12);
});
