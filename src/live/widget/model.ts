/** Fields that kernel and page hold in common, by the messages of Jupyter's widgets.
 * @see https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/messages.md */
import { randomUUID } from "node:crypto";
import type { Comm, CommMessage, Comms } from "../kernel";
import { asKindOf, putBuffers, takeBuffers, type Path } from "./buffers";

export type Fields = Record<string, unknown>;

/** Who changed a field. */
export type By = "kernel" | "page";

export interface ModelListener {
  changed?(key: string, value: unknown, before: unknown, by: By): void;
  message?(content: unknown, buffers: Uint8Array[]): void;
}

export const WIDGET_TARGET = "jupyter.widget";
const PROTOCOL = "2.1.0";

export class Model {
  readonly id = newId();
  private comm?: Comm;
  private holds = 0;
  private readonly changed = new Set<string>();

  /** @param fields All that is held in common, `_model_name` and its like among it. */
  constructor(
    private readonly fields: Fields,
    private readonly listener: ModelListener = {},
  ) {}

  get isOpen(): boolean {
    return this.comm?.isOpen === true;
  }

  get all(): Readonly<Fields> {
    return this.fields;
  }

  /** Makes the model known to all pages, now and later. */
  open(comms: Comms): void {
    if (this.comm) return;
    const { state, paths, buffers } = takeBuffers(this.fields);
    const data = { state, buffer_paths: paths };
    this.comm = comms.open(WIDGET_TARGET, { id: this.id, data, metadata: { version: PROTOCOL }, buffers });
    this.comm.onMessage((message) => this.came(message));
  }

  /** Takes the model away from all pages. */
  close(): void {
    this.comm?.close();
  }

  /** Changes fields, tells the pages, then the listener. */
  set(changes: Fields): void {
    const before = this.assign(changes);
    for (const key of before.keys()) this.changed.add(key);
    if (this.holds === 0) this.flush();
    this.tell(before, "kernel");
  }

  /** Sends all that changes meanwhile in one message. */
  hold<Result>(work: () => Result): Result {
    this.holds++;
    const release = (): void => {
      if (--this.holds === 0) this.flush();
    };
    let result: Result;
    try {
      result = work();
    } catch (error) {
      release();
      throw error;
    }
    if (result instanceof Promise) return result.finally(release) as Result;
    release();
    return result;
  }

  /** Sends a message of one's own to the pages. */
  send(content: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
    if (this.isOpen) this.comm!.send({ method: "custom", content }, { buffers });
  }

  private came({ data, buffers }: CommMessage): void {
    const { method, state = {}, buffer_paths: paths = [], content } = data as unknown as Incoming;
    if (method === "update") {
      putBuffers(state, paths, buffers);
      this.receive(state);
    } else if (method === "request_state") this.update("update", this.fields);
    else if (method === "custom") this.listener.message?.(content, buffers);
    else
      throw new Error(
        `Cannot handle the widget message "${method}": update, request_state, custom are known.`,
      );
  }

  private receive(state: Fields): void {
    const known = Object.entries(state).filter(([key]) => Object.hasOwn(this.fields, key));
    if (known.length === 0) return;
    // The page waits for this before it takes other values, and other pages learn the value from it.
    this.update("echo_update", Object.fromEntries(known));
    const received = Object.fromEntries(
      known.map(([key, value]) => [key, asKindOf(this.fields[key], value)]),
    );
    const before = this.assign(received);
    this.hold(() => {
      this.tell(before, "page");
      // What the page sent it has; what a listener made of it goes back.
      for (const [key, value] of Object.entries(received))
        if (Object.is(this.fields[key], value)) this.changed.delete(key);
    });
  }

  /** Sets fields and returns what those that differ were before. */
  private assign(changes: Fields): Map<string, unknown> {
    const before = new Map<string, unknown>();
    for (const [key, value] of Object.entries(changes)) {
      const old = this.fields[key];
      // An object that is the same may have changed inside.
      if (Object.is(old, value) && Object(value) !== value) continue;
      before.set(key, old);
      this.fields[key] = value;
    }
    return before;
  }

  private tell(before: Map<string, unknown>, by: By): void {
    for (const [key, old] of before) this.listener.changed?.(key, this.fields[key], old, by);
  }

  private flush(): void {
    const keys = [...this.changed];
    this.changed.clear();
    if (keys.length > 0)
      this.update("update", Object.fromEntries(keys.map((key) => [key, this.fields[key]])));
  }

  private update(method: "update" | "echo_update", fields: Fields): void {
    if (!this.isOpen) return;
    const { state, paths, buffers } = takeBuffers(fields);
    this.comm!.send({ method, state, buffer_paths: paths }, { buffers });
  }
}

let made = 0;

/** Committed notebooks come from the headless runner: there the same run has the same ids. */
function newId(): string {
  if (process.env.TRANSFER_LAB_HEADLESS === "1") return (++made).toString(16).padStart(32, "0");
  return randomUUID().replaceAll("-", "");
}

interface Incoming {
  method: string;
  state?: Fields;
  buffer_paths?: Path[];
  content?: unknown;
}
