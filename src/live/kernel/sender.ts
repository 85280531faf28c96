/** Sends messages of the kernel's own, in one session. */
import type { Origin, Socket } from "./tslab";
import { newHeader, writeMessage, type Header, type Message } from "./wire";

/** A message that came, with the channel that its reply goes to. */
export interface Request {
  message: Message;
  socket: Socket;
}

/** What a message may carry besides its content. */
export type Extras = Partial<Pick<Message, "metadata" | "buffers">>;

/** How many messages may wait for a slow front end; zeromq's own 1000 drops those of a lively minute. */
const WAITING = 100_000;

export class Sender {
  /** One for all messages: JupyterLab drops a comm's message when another session's has overtaken it, and tslab
   * answers each page, and each reload of it, under a session of its own. */
  readonly session: string;
  readonly key: string;
  private readonly iopub: Socket;
  private readonly prepared = new WeakSet<Socket>();

  constructor({ cell, key, iopub }: Origin) {
    this.session = cell.session;
    this.key = key;
    this.iopub = iopub;
    // Only now, and only here: zeromq crashes where this is set while a page that was left is being disconnected.
    iopub.sendHighWaterMark = WAITING;
  }

  /** Tells all front ends something that `parent` caused. */
  publish(type: string, parent: Header, content: Message["content"], extras: Extras = {}): void {
    this.send(this.iopub, [Buffer.from(type)], type, parent, content, extras); // the identity is the topic
  }

  /** Answers the one who asked. */
  reply({ message, socket }: Request, type: string, content: Message["content"]): void {
    this.send(socket, message.identity, type, message.header, content);
  }

  status(state: "busy" | "idle", parent: Header): void {
    this.publish("status", parent, { execution_state: state });
  }

  /** zeromq's JavaScript lets every 512th message of a turn wait, and throws at the next: tslab hangs on that. */
  prepare(socket: Socket): void {
    if (this.prepared.has(socket)) return;
    this.prepared.add(socket);
    socket.sendTimeout = 0;
  }

  private send(
    socket: Socket,
    identity: Uint8Array[],
    type: string,
    parent: Header,
    content: Message["content"],
    { metadata = {}, buffers = [] }: Extras = {},
  ): void {
    if (socket.closed) return; // the kernel is shutting down
    this.prepare(socket);
    const header = newHeader(type, this.session);
    void socket.send(writeMessage(this.key, { identity, header, parent, metadata, content, buffers }));
  }
}
