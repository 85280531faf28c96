/** tslab itself with sockets that keep what is sent: a notebook inside of a test. */
import assert from "node:assert/strict";
import { format } from "node:util";
import {
  newHeader,
  readMessage,
  writeMessage,
  type Header,
  type Message,
} from "../../../src/live/kernel/wire";

const KEY = "a key";
type Cell = () => void | Promise<void>;

interface Server {
  connInfo: { key: string };
  iopub: FakeSocket;
  handleShellMessage(socket: FakeSocket, ...frames: Uint8Array[]): Promise<void>;
}

class FakeSocket {
  closed = false;
  sendTimeout = -1;
  sendHighWaterMark = 1000;
  readonly sent: Message[] = [];

  send(frames: (string | Uint8Array)[]): Promise<void> {
    this.sent.push(
      readMessage(
        KEY,
        frames.map((frame) => Buffer.from(frame)),
      ),
    );
    return Promise.resolve();
  }
}

export class NotebookStandIn {
  readonly iopub = new FakeSocket();
  readonly shell = new FakeSocket();
  private readonly server: Server;
  private readonly cells = new Map<string, Cell>();

  constructor() {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the kernel loads it
    const { ZmqServer, JupyterHandlerImpl } = require("tslab/dist/jupyter");
    const executor = {
      execute: async (code: string) => (await this.cells.get(code)?.(), true),
      close: () => {},
    };
    this.server = new ZmqServer(new JupyterHandlerImpl(executor, false), "");
    Object.assign(this.server, { connInfo: { key: KEY }, iopub: this.iopub });
    divert("stdout", "log");
    divert("stderr", "error");
  }

  /** Sends a message as a page does, and waits until it has been dealt with.
   * @returns Its header. */
  async send(
    type: string,
    content: Message["content"],
    {
      buffers = [],
      metadata = {},
      session = "page",
    }: { buffers?: Uint8Array[]; metadata?: Message["metadata"]; session?: string } = {},
  ): Promise<Header> {
    const header = newHeader(type, session);
    const identity = [Buffer.from("page")];
    const frames = writeMessage(KEY, { identity, header, parent: {}, metadata, content, buffers });
    await this.server.handleShellMessage(this.shell, ...frames);
    await new Promise((resolve) => setImmediate(resolve));
    return header;
  }

  /** Runs some work as a cell. */
  run(cell: Cell): Promise<Header> {
    const code = `cell ${this.cells.size}`;
    this.cells.set(code, cell);
    return this.send("execute_request", { code });
  }

  /** What went to all pages since the last time, but for the states; or what one message caused. */
  told(cause?: Header): Message[] {
    const all = cause ? this.iopub.sent : this.iopub.sent.splice(0);
    return all.filter(
      ({ header, parent }) => header.msg_type !== "status" && (!cause || parent.msg_id === cause.msg_id),
    );
  }

  /** The states of the kernel that a message caused. */
  states(cause: Header): unknown[] {
    return this.iopub.sent
      .filter(({ header, parent }) => header.msg_type === "status" && parent.msg_id === cause.msg_id)
      .map(({ content }) => content.execution_state);
  }

  /** The one reply to a message. */
  replyTo(cause: Header): Message {
    const replies = this.shell.sent.filter(({ parent }) => parent.msg_id === cause.msg_id);
    assert.equal(replies.length, 1);
    return replies[0];
  }
}

/** tslab takes the streams of its process; the test runner needs them, so it gets those of the console. */
function divert(stream: "stdout" | "stderr", log: "log" | "error"): void {
  const own = process[stream].write.bind(process[stream]);
  let write: (text: string) => unknown = own;
  Object.defineProperty(process[stream], "write", { get: () => own, set: (theirs) => void (write = theirs) });
  console[log] = (...args: unknown[]) => void write(`${format(...args)}\n`);
}

/** Types of messages, for comparison. */
export const typesOf = (messages: Message[]): string[] => messages.map(({ header }) => header.msg_type);
