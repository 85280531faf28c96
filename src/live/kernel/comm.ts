/** One comm: a line between an object of the kernel and one of each front end. */
import type { Header } from "./wire";

/** What came over a comm. */
export interface CommMessage {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  /** Binary values; yours to keep. */
  buffers: Uint8Array[];
}

/** What may go with the data of a message. */
export interface CommExtras {
  metadata?: Record<string, unknown>;
  /** Binary values; copied. */
  buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
}

/** A handler that returns a promise holds back the next message of its comm, and no other's. */
export type CommHandler = (message: CommMessage) => void | Promise<void>;

export type SendComm = (type: "comm_msg" | "comm_close", data: object, extras: CommExtras) => void;

const ignore: CommHandler = () => {};

export class Comm {
  private readonly handlers: Record<"message" | "close", CommHandler> = { message: ignore, close: ignore };
  private open = true;
  private tail?: Promise<void>;

  constructor(
    readonly id: string,
    readonly target: string,
    /** Under whose cell the outputs of handlers appear: that of the request that opened the comm. */
    readonly outputs: Header,
    private readonly transmit: SendComm,
  ) {}

  get isOpen(): boolean {
    return this.open;
  }

  /** Sends data to all front ends.
   * @throws An Error where the comm is closed. */
  send(data: object, extras: CommExtras = {}): void {
    if (!this.open) throw new Error(`Cannot send on comm "${this.id}" of "${this.target}": it is closed.`);
    this.transmit("comm_msg", data, extras);
  }

  /** Closes the comm and tells the front ends; nothing where it is closed already. */
  close(data: object = {}, extras: CommExtras = {}): void {
    if (!this.open) return;
    this.open = false;
    this.transmit("comm_close", data, extras);
  }

  /** Sets what is done with a message. */
  onMessage(handler: CommHandler): void {
    this.handlers.message = handler;
  }

  /** Sets what is done when a front end closes the comm. */
  onClose(handler: CommHandler): void {
    this.handlers.close = handler;
  }

  /** Hands on what came; not to be called by users of a comm. */
  receive(what: "message" | "close", message: CommMessage): void | Promise<void> {
    if (what === "close") this.open = false;
    return this.handlers[what](message);
  }

  /** Runs tasks one after the other: at once where none is under way. */
  queue(task: () => void | Promise<void>): void {
    const result = this.tail ? this.tail.then(task) : task();
    if (!(result instanceof Promise)) return;
    const tail = result.finally(() => {
      if (this.tail === tail) this.tail = undefined;
    });
    this.tail = tail;
  }
}
