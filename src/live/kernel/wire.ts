/** Jupyter's messages as they travel: frames, signed.
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
}

export interface Message {
  /** Who sent it, or who is to get it; on iopub the topic. */
  identity: Uint8Array[];
  header: Header;
  /** The header of the message that caused this one; empty where none did. */
  parent: Partial<Header>;
  metadata: Record<string, unknown>;
  content: Record<string, unknown>;
  /** Binary values, each a frame of its own after the signed ones. */
  buffers: Uint8Array[];
}

const DELIMITER = Buffer.from("<IDS|MSG>");
const SIGNED = 4; // header, parent, metadata, content

/** Reads the frames of one message.
 * @throws An Error where frames are missing or the signature is not that of `key`. */
export function readMessage(key: string, frames: readonly Uint8Array[]): Message {
  const at = delimiterOf(frames);
  const signed = frames.slice(at + 2, at + 2 + SIGNED);
  if (at < 0 || signed.length < SIGNED)
    throw new Error(
      `Cannot read a message of ${frames.length} frames: a delimiter and five more must be there.`,
    );
  const received = Buffer.from(frames[at + 1]);
  const expected = Buffer.from(signature(key, signed));
  if (received.length !== expected.length || !timingSafeEqual(received, expected))
    throw new Error("Cannot accept a message: its signature is not the kernel's.");
  const [header, parent, metadata, content] = signed.map((frame) =>
    JSON.parse(Buffer.from(frame).toString()),
  );
  return {
    identity: frames.slice(0, at),
    header,
    parent,
    metadata,
    content,
    // Copied: a Buffer of Node shares its memory, and its slices do too.
    buffers: frames.slice(at + 2 + SIGNED).map((frame) => new Uint8Array(frame)),
  };
}

/** The type of the message that the frames hold, without a look at the rest; undefined where they hold none. */
export function typeOf(frames: readonly Uint8Array[]): string | undefined {
  const at = delimiterOf(frames);
  if (at < 0 || frames.length < at + 2 + SIGNED) return undefined;
  try {
    return (JSON.parse(Buffer.from(frames[at + 2]).toString()) as Partial<Header>).msg_type;
  } catch {
    return undefined;
  }
}

/** The frames of one message. Buffers are copied, so that their owner may go on writing into them. */
export function writeMessage(key: string, message: Message): Buffer[] {
  const { header, parent, metadata, content } = message;
  const signed = [header, parent, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [
    ...message.identity.map((frame) => Buffer.from(frame)),
    DELIMITER,
    Buffer.from(signature(key, signed)),
    ...signed,
    ...message.buffers.map((buffer) => Buffer.from(buffer)),
  ];
}

/** A header of a new message. */
export function newHeader(type: string, session: string, username = "kernel"): Header {
  const date = new Date().toISOString();
  return { msg_id: randomUUID(), msg_type: type, session, username, date, version: "5.3" };
}

/** The bytes of a buffer or of a view of one; not a copy. */
export function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

function delimiterOf(frames: readonly Uint8Array[]): number {
  return frames.findIndex((frame) => DELIMITER.equals(frame));
}

function signature(key: string, signed: readonly Uint8Array[]): string {
  if (key === "") return ""; // the protocol's way to say that nothing is signed
  const hash = createHmac("sha256", key);
  for (const frame of signed) hash.update(frame);
  return hash.digest("hex");
}
