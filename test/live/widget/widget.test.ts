/** Widgets on tslab itself, with a page that a test plays; test/live/jupyter does it with a browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { kernelComms } from "../../../src/live/kernel";
import type { Message } from "../../../src/live/kernel/wire";
import { savedWidgets, Widget } from "../../../src/live/widget";
import { NotebookStandIn, typesOf } from "../kernel/stand-in";

interface State {
  count: number;
  square: number;
  pixels: Float32Array;
}

class Counter extends Widget<State> {
  constructor() {
    super(
      { count: 3, square: 9, pixels: new Float32Array([0.5]) },
      { esm: "export default {}", css: ".a {}", layout: { width: "9px" } },
    );
    this.onChange("count", (count) => this.set({ square: count ** 2 }));
  }
}

/** What was printed meanwhile. */
async function printed(work: () => void | Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const { log, error } = console;
  console.log = console.error = (text: unknown) => void lines.push(String(text));
  try {
    await work();
  } finally {
    Object.assign(console, { log, error });
  }
  return lines;
}

const data = ({ content }: Message): Record<string, unknown> => content.data as Record<string, unknown>;
const updates = (messages: Message[]): unknown[] =>
  messages.filter((m) => m.header.msg_type === "comm_msg").map((m) => [data(m).method, data(m).state]);

test("outside of a notebook a widget is an object like any other", async () => {
  const counter = new Counter();
  const seen: unknown[] = [];
  const off = counter.onChange("square", (value, { before, by }) => void seen.push([value, before, by]));
  counter.set({ count: 4 });
  counter.set({ count: 4 });
  counter.hold(() => counter.set({ count: 5 }));
  off();
  counter.set({ count: 6 });
  counter.send("nobody hears");
  assert.deepEqual(seen, [
    [16, 9, "kernel"],
    [25, 16, "kernel"],
  ]);
  assert.equal(counter.get("square"), 36);
  assert.deepEqual(counter.state, { count: 6, square: 36, pixels: new Float32Array([0.5]) });
  assert.deepEqual(await printed(() => counter.show()), ["Counter(count: 6, square: 36, pixels: 4 bytes)"]);
  counter.close();
});

test("names that are Jupyter's, and names that are not in the state, are refused", () => {
  for (const name of ["_esm", "layout", "tooltip"])
    assert.throws(() => new Widget({ [name]: 1 }, { esm: "" }), /Cannot make a widget with the state/);
  assert.throws(
    () => new Counter().set({ cuont: 1 } as Partial<State>),
    /Cannot set "cuont" of a widget: its state is "count", "square", "pixels"/,
  );
});

test("a listener's error keeps no other from being called", async () => {
  const counter = new Counter();
  counter.onChange("square", () => {
    throw new Error("first");
  });
  counter.onChange("square", () => Promise.reject(new Error("second")));
  let heard = 0;
  counter.onChange("square", () => void heard++);
  const lines = await printed(async () => {
    counter.set({ count: 1 });
    await new Promise((resolve) => setImmediate(resolve));
  });
  assert.deepEqual(
    lines.map((line) => line.split("\n")[0]),
    ["Error: first", "Error: second"],
  );
  assert.doesNotMatch(lines[0], /live.widget.widget\.ts/);
  assert.match(lines[0], /widget\.test\.ts/);
  assert.equal(heard, 1);
});

const book = new NotebookStandIn();

/** A counter that is shown, the cell that shows it, and what was told thereby. */
async function shown(): Promise<{ counter: Counter; told: Message[] }> {
  const counter = new Counter();
  book.told();
  const cell = await book.run(() => counter.show());
  return { counter, told: book.told(cell) };
}

/** A page that changes state, and what it was told. */
async function fromPage(
  counter: Counter,
  content: Record<string, unknown>,
  buffers: Uint8Array[] = [],
): Promise<Message[]> {
  return book.told(await book.send("comm_msg", { comm_id: counter.id, data: content }, { buffers }));
}

test("a widget that is shown is announced with its box before it, and drawn in all forms", async () => {
  const { counter, told } = await shown();
  assert.deepEqual(typesOf(told), ["comm_open", "comm_open", "display_data"]);
  const [box, model, output] = told;
  assert.equal((data(box).state as { width: string }).width, "9px");
  assert.deepEqual(model.metadata, { version: "2.1.0" });
  assert.equal(model.content.target_name, "jupyter.widget");
  assert.equal(model.content.comm_id, counter.id);
  const { state, buffer_paths: paths } = data(model) as {
    state: Record<string, unknown>;
    buffer_paths: unknown;
  };
  assert.equal(state.layout, `IPY_MODEL_${box.content.comm_id as string}`);
  assert.equal(state.count, 3);
  assert.deepEqual(paths, [["pixels"]]);
  assert.deepEqual([...model.buffers[0]], [0, 0, 0, 63]);
  const text = "Counter(count: 3, square: 9, pixels: 4 bytes)";
  assert.deepEqual(data(output), {
    "text/plain": text,
    "text/html": `<code>${text}</code>`,
    "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: counter.id },
  });
  assert.deepEqual(typesOf(book.told(await book.run(() => counter.show()))), ["display_data"]);
});

test("what the page changes is echoed, and only what listeners made of it comes back", async () => {
  const { counter } = await shown();
  assert.deepEqual(updates(await fromPage(counter, { method: "update", state: { count: 5, unknown: 1 } })), [
    ["echo_update", { count: 5 }],
    ["update", { square: 25 }],
  ]);
  assert.deepEqual([counter.get("count"), counter.get("square")], [5, 25]);

  counter.onChange("count", (count) => counter.set({ count: Math.min(count, 10) }));
  assert.deepEqual(updates(await fromPage(counter, { method: "update", state: { count: 99 } })), [
    ["echo_update", { count: 99 }],
    ["update", { square: 100, count: 10 }],
  ]);
});

test("what changes while it is held is sent once, also over time", async () => {
  const { counter } = await shown();
  book.told();
  await book.run(async () => {
    counter.hold(() => [1, 2, 3].forEach((count) => counter.set({ count })));
    await counter.hold(async () => {
      counter.set({ count: 4 });
      await new Promise((resolve) => setImmediate(resolve));
      counter.set({ count: 5 });
    });
    assert.throws(() =>
      counter.hold(() => {
        counter.set({ count: 6 });
        throw new Error("in between");
      }),
    );
    counter.set({ count: 7, square: 1 });
  });
  assert.deepEqual(updates(book.told()), [
    ["update", { count: 3, square: 9 }],
    ["update", { count: 5, square: 25 }],
    ["update", { count: 6, square: 36 }],
    ["update", { count: 7, square: 1 }],
    ["update", { square: 49 }],
  ]);
});

test("binary values keep their kind, and are sent again when set again", async () => {
  const { counter } = await shown();
  const bytes = new Uint8Array(new Float32Array([1, 2]).buffer);
  const message = { method: "update", state: {}, buffer_paths: [["pixels"]] };
  const [echo] = await fromPage(counter, message, [bytes]);
  assert.deepEqual(counter.get("pixels"), new Float32Array([1, 2]));
  assert.deepEqual([data(echo).buffer_paths, [...echo.buffers[0]]], [[["pixels"]], [...bytes]]);

  const { pixels } = counter.state;
  pixels[0] = 0;
  const [update] = book.told(await book.run(() => counter.set({ pixels })));
  assert.deepEqual([...update.buffers[0].subarray(0, 4)], [0, 0, 0, 0]);
});

test("messages of one's own go both ways", async () => {
  const { counter } = await shown();
  counter.onMessage((content, [bytes]) => counter.send({ got: content }, [bytes, new Uint16Array([1])]));
  const [answer] = await fromPage(counter, { method: "custom", content: "hello" }, [new Uint8Array([7])]);
  assert.deepEqual(data(answer), { method: "custom", content: { got: "hello" } });
  assert.deepEqual(
    answer.buffers.map((b) => [...b]),
    [[7], [1, 0]],
  );
});

test("a page that comes later gets the state of one widget, or of all", async () => {
  const { counter } = await shown();
  counter.set({ count: 8 });
  const [whole] = updates(await fromPage(counter, { method: "request_state" })) as [
    string,
    Record<string, unknown>,
  ][];
  assert.equal(whole[0], "update");
  assert.deepEqual([whole[1].count, whole[1]._model_name], [8, "AnyModel"]);

  await book.send("comm_open", { comm_id: "control", target_name: "jupyter.widget.control", data: {} });
  const [states] = book.told(
    await book.send("comm_msg", { comm_id: "control", data: { method: "request_states" } }),
  );
  const {
    method,
    states: all,
    buffer_paths: paths,
  } = data(states) as {
    method: string;
    states: Record<string, { model_name: string; state: Record<string, unknown> }>;
    buffer_paths: unknown[][];
  };
  assert.equal(method, "update_states");
  assert.equal(all[counter.id].model_name, "AnyModel");
  assert.equal(all[counter.id].state.count, 8);
  const place = paths.findIndex(([id]) => id === counter.id);
  assert.deepEqual(paths[place], [counter.id, "state", "pixels"]);
  assert.deepEqual([...states.buffers[place]], [0, 0, 0, 63]);
});

test("a saved notebook holds the widgets that are shown, in the standard form", async () => {
  const { counter } = await shown();
  const saved = savedWidgets();
  assert.deepEqual([saved.version_major, saved.version_minor], [2, 0]);
  const model = saved.state[counter.id];
  assert.equal(model.state.count, 3);
  assert.deepEqual(model.buffers, [{ encoding: "base64", path: ["pixels"], data: "AAAAPw==" }]);
  const box = (model.state.layout as string).replace("IPY_MODEL_", "");
  assert.equal(saved.state[box].model_name, "LayoutModel");

  const told = book.told(await book.run(() => counter.close()));
  assert.deepEqual(typesOf(told), ["comm_close", "comm_close"]);
  assert.ok(!(counter.id in savedWidgets().state));
  counter.set({ count: 1 });
  assert.equal(kernelComms()!.get(counter.id), undefined);
});
