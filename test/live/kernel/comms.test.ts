/** On tslab itself, with sockets that stand in for zeromq's; test/live/jupyter does it with Jupyter. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { before, test } from "node:test";
import { kernelComms, type Comms } from "../../../src/live/kernel";
import { NotebookStandIn, typesOf } from "./stand-in";

const book = new NotebookStandIn();
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
let comms: Comms;

before(async () => {
  assert.equal(kernelComms(), undefined); // no cell, no notebook
  await book.run(() => void (comms = kernelComms()!));
  assert.equal(kernelComms(), comms); // extended once
  book.told();
});

test("a comm that the kernel opens is announced to pages as caused by its cell, with binary values", async () => {
  const cell = await book.run(() => {
    const comm = comms.open("a.target", {
      id: "one",
      data: { a: 1 },
      metadata: { version: "2" },
      buffers: [new Uint16Array([1, 256])],
    });
    comm.send({ b: 2 });
    comm.close();
    comm.close();
    assert.throws(() => comm.send({}), /Cannot send on comm "one" of "a.target": it is closed/);
  });
  const sent = book.told(cell);
  assert.deepEqual(typesOf(sent), ["comm_open", "comm_msg", "comm_close"]);
  assert.deepEqual(sent[0].content, {
    comm_id: "one",
    target_name: "a.target",
    target_module: null,
    data: { a: 1 },
  });
  assert.deepEqual(sent[0].metadata, { version: "2" });
  assert.deepEqual([...sent[0].buffers[0]], [1, 0, 0, 1]);
  assert.equal(comms.get("one"), undefined);
});

test("a message waits for the one before it on its comm, not for those of other comms", async () => {
  const seen: string[] = [];
  const said = new EventEmitter();
  const tell = (line: string): void => {
    seen.push(line);
    said.emit(line);
  };
  // The first message on "a" takes until the last one on "b" is through: so it must not hold those up.
  const lastOfB = once(said, "b2 ends");
  const lastOfA = once(said, "a2 ends");
  comms.register("slow", (comm) =>
    comm.onMessage(async ({ data }) => {
      const name = `${comm.id}${data.n}`;
      tell(`${name} begins`);
      await (name === "a1" ? lastOfB : turn());
      tell(`${name} ends`);
    }),
  );
  for (const id of ["a", "b"]) await book.send("comm_open", { comm_id: id, target_name: "slow", data: {} });
  const say = (id: string, n: number): unknown => book.send("comm_msg", { comm_id: id, data: { n } });
  await Promise.all([say("a", 1), say("a", 2), say("b", 1), say("b", 2)]);
  await lastOfA;
  for (const id of ["a", "b"])
    assert.deepEqual(
      seen.filter((line) => line.startsWith(id)),
      [1, 2].flatMap((n) => [`${id}${n} begins`, `${id}${n} ends`]),
    );
});

test("what a handler sends is caused by the message; what it prints appears under the cell that opened the comm", async () => {
  const cell = await book.run(() => {
    const comm = comms.open("printer", { id: "printer" });
    comm.onMessage(async () => {
      console.log("at once");
      await turn();
      console.log("later");
      comm.send({ done: true });
    });
  });
  await book.run(() => {}); // another cell, which prints go to in stock tslab
  const asked = await book.send("comm_msg", { comm_id: "printer", data: {} });
  await turn();
  await turn();
  assert.deepEqual(typesOf(book.told(asked)), ["comm_msg"]);
  assert.deepEqual(
    book.told(cell).flatMap(({ content }) => content.text ?? []),
    ["at once\n", "later\n"],
  );
  assert.deepEqual(book.states(asked), ["busy", "idle"]);
});

test("an error in a handler is shown, and the next message is handled", async () => {
  let handled = 0;
  const cell = await book.run(() => {
    comms.open("faulty", { id: "faulty" }).onMessage(({ data }) => {
      handled++;
      if (data.late) return Promise.reject(new Error("late fault"));
      throw new Error("fault");
    });
  });
  const sent = [{}, { late: true }, {}].map((data) => book.send("comm_msg", { comm_id: "faulty", data }));
  for (const header of await Promise.all(sent)) assert.deepEqual(book.states(header), ["busy", "idle"]);
  assert.equal(handled, 3);
  const shown = book.told(cell).filter(({ content }) => content.name === "stderr");
  assert.deepEqual(
    shown.map(({ content }) => /Error: (.*)/.exec(content.text as string)![1]),
    ["fault", "late fault", "fault"],
  );
});

test("comms that nobody knows here are closed on the page", async () => {
  const closed = async (type: string, content: Record<string, unknown>): Promise<string[]> =>
    typesOf(book.told(await book.send(type, { data: {}, ...content })));
  assert.deepEqual(await closed("comm_open", { comm_id: "x", target_name: "nobody" }), ["comm_close"]);
  assert.deepEqual(await closed("comm_msg", { comm_id: "x" }), ["comm_close"]);
  assert.deepEqual(await closed("comm_close", { comm_id: "x" }), []);
  comms.register("refusing", () => {
    throw new Error("no");
  });
  assert.deepEqual(await closed("comm_open", { comm_id: "y", target_name: "refusing" }), ["comm_close"]);
  assert.equal(comms.get("y"), undefined);
});

test("a page is told which comms there are, of one target or all", async () => {
  await book.run(() => ["p", "q"].forEach((id) => comms.open(`target.${id}`, { id })));
  const ask = async (content: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const reply = book.replyTo(await book.send("comm_info_request", content));
    assert.equal(reply.header.msg_type, "comm_info_reply");
    assert.equal(Buffer.from(reply.identity[0]).toString(), "page");
    return reply.content;
  };
  assert.deepEqual(await ask({ target_name: "target.q" }), {
    status: "ok",
    comms: { q: { target_name: "target.q" } },
  });
  const { comms: all } = (await ask({})) as { comms: Record<string, unknown> };
  assert.ok("p" in all && "q" in all);
});

test("while a cell runs, messages are handled, and the kernel says that it is still busy", async () => {
  await book.run(() => comms.open("calm", { id: "calm" }).onMessage(() => comms.get("calm")!.send({})));
  let end = (): void => {};
  const cell = book.run(() => new Promise((resolve) => void (end = resolve)));
  await turn();
  const asked = await book.send("comm_msg", { comm_id: "calm", data: {} });
  assert.deepEqual(typesOf(book.told(asked)), ["comm_msg"]);
  assert.equal(book.iopub.sent.at(-1)!.content.execution_state, "busy");
  end();
  assert.equal(book.states(await cell).at(-1), "idle");
});

test("all messages are of one session, and tslab's own requests still work", async () => {
  book.told();
  const cell = await book.run(() => console.log("hello"));
  const info = await book.send("kernel_info_request", {}, { session: "another page" });
  await book.send("comm_msg", { comm_id: "calm", data: {} }, { session: "another page" });
  assert.equal(book.replyTo(info).content.implementation, "tslab");
  assert.equal(book.replyTo(cell).content.status, "ok");
  const all = [...book.iopub.sent, book.replyTo(info)];
  assert.deepEqual([...new Set(all.map(({ header }) => header.session))], ["page"]);
});

test("a message with a wrong signature is not handled", async () => {
  const { sendTimeout } = book.iopub;
  assert.equal(sendTimeout, 0); // else the 513th message of a turn would throw
  const server = (book as unknown as { server: { handleShellMessage(...args: unknown[]): Promise<void> } })
    .server;
  const frames = ["<IDS|MSG>", "0".repeat(64), '{"msg_type":"comm_msg"}', "{}", "{}", '{"comm_id":"calm"}'];
  await assert.rejects(
    server.handleShellMessage(book.shell, ...frames.map((f) => Buffer.from(f))),
    /signature/,
  );
});
