/** What is used of tslab, found and checked. With `kernel.ts`, this is all that knows tslab's inside. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { newHeader, readMessage, writeMessage, type Header } from "./wire";

/** The versions whose source was read. */
const KNOWN = ["1.0.22"];

export interface Socket {
  send(frames: Uint8Array[]): Promise<void>;
  readonly closed: boolean;
  sendTimeout: number;
  sendHighWaterMark: number;
}

/** A message as tslab holds it. */
export interface TslabMessage {
  header: Header;
  parent: Header;
  content: Record<string, unknown>;
  createReply(): TslabMessage;
  signAndSend(key: string, socket: Socket): void;
}

export type WriteDisplayData = (content: object, update?: boolean) => void;
type Execute = (request: { code: string }, writeStream: unknown, write: WriteDisplayData) => Promise<object>;

interface TslabExports {
  lastWriteDisplayData: WriteDisplayData | null;
  ZmqServer: { prototype: { handleShellMessage(socket: Socket, ...frames: Uint8Array[]): Promise<void> } };
  JupyterHandlerImpl: { prototype: { handleExecuteImpl: Execute } };
}

export interface Tslab {
  exports: TslabExports;
  /** Receives what front ends send on the shell and control channels. */
  server: TslabExports["ZmqServer"]["prototype"];
  /** Runs one cell. */
  handler: TslabExports["JupyterHandlerImpl"]["prototype"];
  /** What all messages that tslab sends have in common. */
  message: TslabMessage;
}

/** Where an output would go. */
export interface Origin {
  /** The request that executes the cell. */
  cell: Header;
  key: string;
  iopub: Socket;
}

export interface LoadedTslab {
  exports: TslabExports;
  file: string;
}

let known: LoadedTslab | undefined;

/** The tslab that runs this process; undefined outside of its kernel. */
export function loadedTslab(): LoadedTslab | undefined {
  if (known && require.cache[known.file]?.exports === known.exports) return known;
  // The kernel may run from another folder than a tslab beside this file, so ask what is loaded and at work.
  for (const [file, loaded] of Object.entries(require.cache)) {
    const exports = loaded?.exports as TslabExports | undefined;
    if (/[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file) && exports?.lastWriteDisplayData)
      return (known = { exports, file });
  }
  return undefined;
}

/** Asks where an output of `write` would go, with one that is caught before it is sent. */
export function originOf({ message }: Tslab, write: WriteDisplayData): Origin {
  const { signAndSend } = message;
  let origin: Origin | undefined;
  message.signAndSend = function (key, iopub) {
    origin = { cell: this.parent, key, iopub };
  };
  try {
    write({ data: {}, metadata: {}, transient: {} }, true);
  } finally {
    message.signAndSend = signAndSend;
  }
  if (!origin) throw new Error("an output does not pass through signAndSend");
  return origin;
}

function versionOf(file: string): string {
  try {
    return JSON.parse(readFileSync(join(dirname(file), "..", "package.json"), "utf8")).version;
  } catch {
    return "unknown";
  }
}

/** What is used of tslab, tried before anything is changed.
 * @throws An Error where it is of another version or is built in another way. */
export function checkTslab({ exports, file }: LoadedTslab): Tslab {
  const version = versionOf(file);
  const refuse = (why: string): never => {
    throw new Error(`Cannot add comms to this kernel: ${why}.`);
  };
  if (!KNOWN.includes(version)) refuse(`it is tslab ${version}, and tslab ${KNOWN.join(", ")} is known`);
  try {
    const [server, handler] = [exports.ZmqServer.prototype, exports.JupyterHandlerImpl.prototype];
    if (typeof handler.handleExecuteImpl !== "function") throw new Error("handleExecuteImpl is no function");
    const tslab = { exports, server, handler, message: prototypeOfMessages(server) };
    const { key, iopub, cell } = originOf(tslab, exports.lastWriteDisplayData!);
    if (typeof iopub.send !== "function" || !cell.session)
      throw new Error("outputs have no socket or no cell");
    signsAlike(tslab.message, key, cell);
    return tslab;
  } catch (error) {
    return refuse(`this tslab ${version} is not built as expected (${(error as Error).message})`);
  }
}

/** tslab exports no class of messages: a stand-in for its server is given one, read by tslab itself. */
function prototypeOfMessages(server: Tslab["server"]): TslabMessage {
  let seen: TslabMessage | undefined;
  const standIn = {
    connInfo: { key: "key" },
    publishStatus: (_status: string, message: TslabMessage) => void (seen = message),
    handleKernelInfo: () => {},
  };
  const header = newHeader("kernel_info_request", "session");
  const frames = writeMessage("key", {
    identity: [],
    header,
    parent: {},
    metadata: {},
    content: {},
    buffers: [],
  });
  server.handleShellMessage.call(standIn, {} as Socket, ...frames).catch(() => {});
  const prototype: TslabMessage | undefined = seen && Object.getPrototypeOf(seen);
  if (typeof prototype?.signAndSend !== "function" || typeof prototype.createReply !== "function")
    throw new Error("its server reads messages in another way");
  return prototype;
}

function signsAlike(prototype: TslabMessage, key: string, header: Header): void {
  let sent: Uint8Array[] = [];
  const socket = {
    send: (frames: (string | Uint8Array)[]) => void (sent = frames.map((f) => Buffer.from(f))),
  };
  const message = Object.assign(Object.create(prototype), { identity: [], header, parent: {}, metadata: {} });
  Object.assign(message, { content: {}, extra: [] }).signAndSend(key, socket);
  readMessage(key, sent);
}
