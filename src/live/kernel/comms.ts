/** The comms of a kernel, and the messages about them.
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages */
import { randomUUID } from "node:crypto";
import { Comm, type CommExtras, type CommMessage } from "./comm";
import type { Kernel } from "./kernel";
import type { Request } from "./sender";
import { bytesOf, type Message } from "./wire";

/** What is done with a comm that a front end opens. */
export type TargetHandler = (comm: Comm, message: CommMessage) => void | Promise<void>;

export interface OpenCommOptions extends CommExtras {
  id?: string;
  data?: object;
}

export class Comms {
  private readonly comms = new Map<string, Comm>();
  private readonly targets = new Map<string, TargetHandler>();

  constructor(private readonly kernel: Kernel) {
    kernel.on("comm_open", (request) => this.opened(request));
    kernel.on("comm_msg", (request) => this.came("message", request));
    kernel.on("comm_close", (request) => this.came("close", request));
    kernel.on("comm_info_request", (request) => this.asked(request));
  }

  /** Says what is done with comms that front ends open under a name. */
  register(target: string, handler: TargetHandler): void {
    this.targets.set(target, handler);
  }

  /** Opens a comm to all front ends.
   * @example comms.open("my.target", { data: { first: "words" } }).send({ more: 1 }) */
  open(target: string, { id = randomUUID(), data = {}, ...extras }: OpenCommOptions = {}): Comm {
    const comm = this.add(id, target);
    this.transmit("comm_open", { comm_id: id, target_name: target, target_module: null, data }, extras);
    return comm;
  }

  /** The open comm of that id. */
  get(id: string): Comm | undefined {
    return this.comms.get(id);
  }

  private add(id: string, target: string): Comm {
    const comm: Comm = new Comm(id, target, this.kernel.work.outputs, (type, data, extras) => {
      if (!comm.isOpen) this.forget(comm);
      this.transmit(type, { comm_id: id, data }, extras);
    });
    this.comms.set(id, comm);
    return comm;
  }

  private forget(comm: Comm): void {
    if (this.comms.get(comm.id) === comm) this.comms.delete(comm.id);
  }

  private transmit(
    type: string,
    content: Record<string, unknown>,
    { metadata, buffers = [] }: CommExtras,
  ): void {
    this.kernel.publish(type, content, { metadata, buffers: buffers.map(bytesOf) });
  }

  private opened({ message }: Request): void {
    const { comm_id: id, target_name: target } = message.content as { comm_id: string; target_name: string };
    const handle = this.targets.get(target);
    if (!handle) return this.refuse(message, id);
    const comm = this.add(id, target);
    const open = async (): Promise<void> => {
      try {
        await handle(comm, received(message));
      } catch (error) {
        comm.close();
        throw error;
      }
    };
    comm.queue(() => this.kernel.answer(message, comm.outputs, open));
  }

  private came(what: "message" | "close", { message }: Request): void {
    const { comm_id: id } = message.content as { comm_id: string };
    const comm = this.comms.get(id);
    const refuse = (): void => this.refuse(message, what === "message" ? id : undefined);
    if (!comm) return refuse();
    const hand = (): void | Promise<void> => {
      if (what === "close") this.forget(comm);
      return comm.receive(what, received(message));
    };
    comm.queue(() => (comm.isOpen ? this.kernel.answer(message, comm.outputs, hand) : refuse()));
  }

  /** What nobody here knows, the front end shall not take for open either. */
  private refuse(message: Message, id?: string): void {
    void this.kernel.answer(message, this.kernel.work.outputs, () => {
      if (id) this.kernel.publish("comm_close", { comm_id: id, data: {} });
    });
  }

  private asked(request: Request): void {
    const { message } = request;
    const { target_name: wanted } = message.content as { target_name?: string };
    void this.kernel.answer(message, this.kernel.work.outputs, () => {
      const matching = [...this.comms.values()].filter(({ target }) => !wanted || target === wanted);
      const comms = Object.fromEntries(matching.map(({ id, target }) => [id, { target_name: target }]));
      this.kernel.reply(request, "comm_info_reply", { status: "ok", comms });
    });
  }
}

function received({ content, metadata, buffers }: Message): CommMessage {
  return { data: (content.data ?? {}) as Record<string, unknown>, metadata, buffers };
}
