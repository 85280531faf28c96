/** The running tslab kernel with what it lacks: other messages than its own, and an interrupt that work hears of. */
import { AsyncLocalStorage } from "node:async_hooks";
import { readCellErrors } from "./cell-errors";
import { amendMessages, hearMessages, takeOverSigint, watchCells, type Execute } from "./hooks";
import { Interrupts } from "./interrupts";
import { showError } from "./show-error";
import { Sender, type Extras, type Request } from "./sender";
import { originOf, type Socket, type Tslab, type TslabMessage } from "./tslab";
import { readMessage, typeOf, type Header, type Message } from "./wire";

/** What the kernel is at: a cell, or a message that a front end sent. */
export interface Work {
  /** The header of the request, the parent of what is sent meanwhile. */
  cause: Header;
  /** The header of the request under whose cell outputs appear. */
  outputs: Header;
  /** How many interrupts there were when it began. */
  begun: number;
  /** Whether it has asked to be told of interrupts. */
  listens: boolean;
  /** Whether it was interrupted and ends by itself. */
  ending: boolean;
  /** Who is to be told of its end. */
  atEnd: Set<() => void>;
}

const OUTPUTS = new Set(["stream", "display_data", "update_display_data"]);
/** How long work has to end by itself after an interrupt. */
const GRACE_MS = 3000;

export class Kernel {
  private readonly interrupts = new Interrupts();
  private readonly works = new AsyncLocalStorage<Work>();
  private readonly handlers = new Map<string, (request: Request) => void>();
  private readonly sender: Sender;
  /** The cell in which this object was made, the cell that runs, and the one that began last. */
  private first?: Work;
  private running?: Work;
  private last: Work;
  /** Ends the running cell as tslab does: its work goes on unseen. */
  private abandon: () => void = () => {};

  /** Takes hold of a kernel whose cell is running. To be called once for each tslab. */
  constructor(tslab: Tslab) {
    const origin = originOf(tslab, tslab.exports.lastWriteDisplayData!);
    this.sender = new Sender(origin);
    this.first = this.running = this.last = this.newWork(origin.cell);
    hearMessages(tslab, (frames, socket) => this.hear(frames, socket));
    amendMessages(tslab, (message, socket) => this.amend(message, socket));
    readCellErrors();
    watchCells(tslab, (header, execute) => this.runCell(header, execute));
    takeOverSigint(
      () => this.interrupt(),
      (abandon) => (this.abandon = abandon),
    );
    this.on("interrupt_request", (request) => this.interruptRequested(request));
  }

  /** What is being worked at: the cause of the code that asks, else the cell that runs or began last. */
  get work(): Work {
    return this.works.getStore() ?? this.running ?? this.last;
  }

  /** Hands messages of a type to `handler` in place of tslab, in the order in which they come. */
  on(type: string, handler: (request: Request) => void): void {
    this.handlers.set(type, handler);
  }

  /** Tells all front ends something; its parent is the cause of the work that says it. */
  publish(type: string, content: Message["content"], extras?: Extras): void {
    this.sender.publish(type, this.work.cause, content, extras);
  }

  /** Answers the one who asked. */
  reply(request: Request, type: string, content: Message["content"]): void {
    this.sender.reply(request, type, content);
  }

  /** Does what a message asks for, between "busy" and "idle"; an error is shown and stops nothing.
   * @param outputs Under whose cell the outputs of the work appear.
   * @returns A promise where the work returns one. */
  answer(message: Message, outputs: Header, task: () => void | Promise<void>): void | Promise<void> {
    const work = this.newWork(message.header, outputs);
    const fail = (error: unknown): void => this.works.run(work, () => showError(error, __dirname));
    const end = (): void => {
      this.endWork(work);
      this.sender.status("idle", message.header);
      // Front ends show the state that they heard last.
      if (this.running) this.sender.status("busy", this.running.cause);
    };
    this.sender.status("busy", message.header);
    let result: void | Promise<void> = undefined;
    try {
      result = this.works.run(work, task);
    } catch (error) {
      fail(error);
    }
    if (result instanceof Promise) return result.catch(fail).finally(end);
    end();
  }

  /** A signal that the next interrupt aborts; aborted where one came since the asking work began. */
  interruptSignal(): AbortSignal {
    const { work } = this;
    work.listens = true;
    return this.interrupts.signal(work.begun);
  }

  /** Calls `listener` at each interrupt; returns what ends that. */
  onInterrupt(listener: () => void): () => void {
    this.work.listens = true;
    return this.interrupts.listen(listener);
  }

  /** Calls `listener` when the work that asks has ended; returns what ends that. */
  onWorkEnd(listener: () => void): () => void {
    const { atEnd } = this.work;
    atEnd.add(listener);
    return () => void atEnd.delete(listener);
  }

  /** Tells all work to end. Work that listens has a moment to do so; then, or at a second interrupt, tslab abandons
   * the cell. The cells that wait behind it are not run. */
  interrupt(): void {
    const cell = this.running;
    const again = cell?.ending === true;
    const hears = cell?.listens === true;
    if (hears) cell.ending = true;
    this.interrupts.fire();
    if (!hears || again) return this.abandon();
    this.works.run(cell, () => console.error("Interrupted: this cell ends with what it has so far."));
    setTimeout(() => this.running === cell && this.abandon(), GRACE_MS).unref();
  }

  private interruptRequested(request: Request): void {
    void this.answer(request.message, this.work.outputs, () => {
      this.reply(request, "interrupt_reply", { status: "ok" });
      this.interrupt();
    });
  }

  private newWork(cause: Header, outputs = cause): Work {
    return { cause, outputs, begun: this.interrupts.soFar, listens: false, ending: false, atEnd: new Set() };
  }

  private hear(frames: Uint8Array[], socket: Socket): boolean {
    const type = typeOf(frames) ?? "";
    if (type === "shutdown_request") this.interrupts.fire(); // a process ends when its work does
    const handle = this.handlers.get(type);
    handle?.({ message: readMessage(this.sender.key, frames), socket });
    return handle !== undefined;
  }

  /** Outputs go to the cell whose work wrote them, though another may have begun since. */
  private amend(message: TslabMessage, socket: Socket): void {
    this.sender.prepare(socket);
    const { header, content } = message;
    header.session = this.sender.session;
    const work = this.works.getStore();
    if (work && OUTPUTS.has(header.msg_type)) message.parent = work.outputs;
    if (header.msg_type !== "execute_reply") return;
    if (content.status === "abort") content.status = "aborted"; // the protocol's word
    if (this.first && message.parent.msg_id === this.first.cause.msg_id) this.endFirst(content, this.first);
  }

  /** The cell that took hold of the kernel began before cells were watched: its reply tells of its end. */
  private endFirst(reply: Message["content"], cell: Work): void {
    if (cell.ending) reply.status = "error";
    if (this.running === cell) this.running = undefined;
    this.first = undefined;
    this.endWork(cell);
  }

  private endWork(work: Work): void {
    const listeners = [...work.atEnd];
    work.atEnd.clear();
    this.works.run(work, () => {
      for (const listener of listeners)
        try {
          listener();
        } catch (error) {
          showError(error, __dirname);
        }
    });
  }

  private async runCell(header: Header, execute: Execute): Promise<object> {
    // Still running: the first cell, whose reply is not out yet. This one waited behind it.
    const stopped = this.running?.ending === true;
    const cell = this.newWork(header);
    this.running = this.last = cell;
    try {
      const count = await this.works.run(cell, () => execute(stopped ? "" : undefined));
      // What tslab throws for a failed cell. This one is whole, but those that wait behind it must not run.
      if (stopped || cell.ending) throw count;
      return count;
    } finally {
      this.endWork(cell); // before the reply: what is written now still belongs to the cell
      if (this.running === cell) this.running = undefined;
    }
  }
}
