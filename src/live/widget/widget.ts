/** A live widget: state in common with the page, and an ES module that draws it there. */
import { kernelComms, showError, writeOutput } from "../kernel";
import { layoutFields, reserved, viewFields } from "./fields";
import { Model, type By } from "./model";
import { openModel } from "./models";
import { stillOfState, type Still } from "./still";

/** How the page draws the widget, as anywidget wants it.
 * @see https://anywidget.dev/en/afm/ */
export interface WidgetView {
  /** An ES module: `export default { render({ model, el }) { … } }`. It runs in the page, so it must load nothing. */
  esm: string;
  css?: string;
  /** The size of its box: `{ width: "320px" }`.
   * @see https://ipywidgets.readthedocs.io/en/stable/examples/Widget%20Layout.html */
  layout?: Record<string, string>;
}

export interface Change<Value> {
  before: Value;
  by: By;
}

type Listener = (value: unknown, change: Change<unknown>) => void | Promise<void>;
type MessageListener = (content: unknown, buffers: Uint8Array[]) => void | Promise<void>;

const VIEW = "application/vnd.jupyter.widget-view+json";

/** State in common with the page. A value may be anything that JSON knows, or binary: an `ArrayBuffer` or a typed
 * array, alone or inside of objects and lists. The page gets a `DataView` of it, the kernel an array of its own kind.
 *
 * Outside of a notebook it is an object like any other.
 *
 * @example
 * class Counter extends Widget<{ count: number }> {
 *   constructor() {
 *     super({ count: 0 }, { esm: COUNTER });
 *   }
 * }
 * const counter = new Counter();
 * counter.onChange("count", (count) => console.log(count));
 * await counter.show(); */
export class Widget<State extends object> {
  private readonly shared: Model;
  private readonly box: Model;
  private readonly keys: readonly string[];
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly messageListeners = new Set<MessageListener>();

  /** @param state The state to begin with. A name that begins with `_`, or is `layout`, `tabbable`, `tooltip`, is
   * taken. */
  constructor(state: State, { esm, css, layout = {} }: WidgetView) {
    this.keys = Object.keys(state);
    const taken = this.keys.find(reserved);
    if (taken !== undefined)
      throw new Error(
        `Cannot make a widget with the state "${taken}": names that begin with _, and layout, tabbable, tooltip, are Jupyter's.`,
      );
    this.box = new Model(layoutFields(layout));
    this.shared = new Model(
      { ...viewFields(this.constructor.name, this.box.id), _esm: esm, ...(css && { _css: css }), ...state },
      {
        changed: (key, value, before, by) => this.call(this.listeners.get(key), value, { before, by }),
        message: (content, buffers) => this.call(this.messageListeners, content, buffers),
      },
    );
  }

  /** The id by which pages know the widget. */
  get id(): string {
    return this.shared.id;
  }

  /** The state as it is now. */
  get state(): Readonly<State> {
    return Object.fromEntries(this.keys.map((key) => [key, this.shared.all[key]])) as State;
  }

  /** One value of the state. */
  get<Key extends keyof State & string>(key: Key): State[Key] {
    return this.shared.all[key] as State[Key];
  }

  /** Changes values, here and on all pages. An array that was changed inside is sent when it is set again. */
  set(changes: Partial<State>): void {
    const unknown = Object.keys(changes).find((key) => !this.keys.includes(key));
    if (unknown !== undefined)
      throw new Error(
        `Cannot set "${unknown}" of a widget: its state is ${this.keys.map((k) => `"${k}"`).join(", ")}.`,
      );
    this.shared.set(changes as Record<string, unknown>);
  }

  /** Sends all that changes during some work to the pages at once, when it is done.
   * @returns What the work returns. */
  hold<Result>(work: () => Result): Result {
    return this.shared.hold(work);
  }

  /** Calls a listener when a value has changed, on the page or here.
   * @returns What ends that. */
  onChange<Key extends keyof State & string>(
    key: Key,
    listener: (value: State[Key], change: Change<State[Key]>) => void | Promise<void>,
  ): () => void {
    const listeners = this.listeners.get(key) ?? new Set<Listener>();
    const untyped = listener as unknown as Listener;
    this.listeners.set(key, listeners.add(untyped));
    return () => void listeners.delete(untyped);
  }

  /** Calls a listener when a page sends a message: `model.send(content)`.
   * @returns What ends that. */
  onMessage(listener: MessageListener): () => void {
    this.messageListeners.add(listener);
    return () => void this.messageListeners.delete(listener);
  }

  /** Sends a message to all pages: `model.on("msg:custom", (content, buffers) => …)`. */
  send(content: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
    this.shared.send(content, buffers);
  }

  /** What a page shows that runs nothing: to be overridden by one that draws a picture of the state. */
  still(): Still | Promise<Still> {
    return stillOfState(this.constructor.name, this.state);
  }

  /** Shows the widget; in as many places as it is called, all with the same state. */
  async show(): Promise<void> {
    const { data, metadata } = await this.still();
    const view = this.open();
    if (!writeOutput({ ...data, ...view }, metadata)) console.log(data["text/plain"]);
  }

  /** Makes the widget known to all pages, for an output of one's own.
   * @returns What belongs in that output, MIME type → content; empty where there are no pages. */
  open(): Record<string, unknown> {
    const comms = kernelComms();
    if (comms) for (const model of [this.box, this.shared]) openModel(model, comms);
    return this.shared.isOpen ? { [VIEW]: { version_major: 2, version_minor: 0, model_id: this.id } } : {};
  }

  /** Takes the widget off all pages. */
  close(): void {
    for (const model of [this.shared, this.box]) model.close();
  }

  /** One listener's error keeps no other from being called. A promise is not waited for: other messages go on. */
  private call<Args extends unknown[]>(
    listeners: ReadonlySet<(...args: Args) => void | Promise<void>> = new Set(),
    ...args: Args
  ): void {
    for (const listener of [...listeners])
      try {
        listener(...args)?.catch((error) => showError(error, __filename));
      } catch (error) {
        showError(error, __filename);
      }
  }
}
