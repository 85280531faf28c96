/** A pad on tslab, with a page that a test plays: what the page does is what the calls do. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { tf } from "../../../src/helpers";
import { drawingPad, type DrawingPad } from "../../../src/live/pad";
import { packStrokes, type Stroke } from "../../../src/live/pad/strokes";
import type { Message } from "../../../src/live/kernel/wire";
import { weightValues } from "../../helpers/tiny";
import { until } from "../../helpers/until";
import { NotebookStandIn } from "../kernel/stand-in";
import { digitReader, digits, strokesOf, symbol } from "./digits";

const SYMBOLS = ["circle", "cross", "zigzag"];
let model: tf.LayersModel;
const book = new NotebookStandIn();

before(async () => {
  model = await digitReader();
});
after(() => model.dispose());

async function shown(options: Parameters<typeof drawingPad>[1]): Promise<DrawingPad> {
  const pad = drawingPad(model, options);
  await book.run(() => pad.show());
  return pad;
}

const bytesOf = (strokes: readonly Stroke[]): Uint8Array => new Uint8Array(packStrokes(strokes).buffer);

/** The page draws. */
function draws(pad: DrawingPad, strokes: readonly Stroke[], asked: number): Promise<unknown> {
  const data = { method: "update", state: { asked }, buffer_paths: [["strokes"]] };
  return book.send("comm_msg", { comm_id: pad.id, data }, { buffers: [bytesOf(strokes)] });
}

/** A button of the page. */
function asks(pad: DrawingPad, content: object, strokes?: readonly Stroke[]): Promise<unknown> {
  const buffers = strokes ? [bytesOf(strokes)] : [];
  return book.send("comm_msg", { comm_id: pad.id, data: { method: "custom", content } }, { buffers });
}

test("what the page draws is answered as what is drawn by a call", async () => {
  const [pad, other] = [await shown({}), drawingPad(model)];
  book.told();
  await draws(pad, strokesOf(3, 2), 1);
  await until(() => pad.get("answered") === 1);
  const guesses = await other.draw(strokesOf(3, 2));
  assert.deepEqual(pad.get("guesses"), guesses);
  assert.deepEqual([pad.get("seen"), pad.get("strokes")], [other.get("seen"), other.get("strokes")]);

  await draws(pad, [], 2);
  await until(() => pad.get("answered") === 2);
  assert.deepEqual([pad.get("guesses"), pad.get("seen").length], [[], 0]);
  for (const one of [pad, other]) one.dispose();
});

test("of many drawings at once the last is answered, and few of the others", async () => {
  const pad = await shown({});
  book.told();
  const strokes = strokesOf(8, 3);
  for (let asked = 1; asked <= 40; asked++) void draws(pad, [strokes[0].slice(0, asked + 1)], asked);
  await until(() => pad.get("answered") === 40);
  const told = book.told().flatMap((m: Message) => {
    const { method, content } = (m.content.data ?? {}) as { method?: string; content?: { answered: number } };
    return method === "custom" ? [content!.answered] : [];
  });
  assert.equal(told.at(-1), 40);
  assert.ok(told.length < 40, `${told.length} answers`);
  const guesses = pad.get("guesses");
  assert.deepEqual(guesses, await pad.draw([strokes[0].slice(0, 41)]));
  pad.dispose();
});

test("teaching, learning and forgetting on the page are the calls of the same names", async () => {
  const [pad, other] = [await shown({}), drawingPad(model, { classes: SYMBOLS })];
  await asks(pad, { do: "classes", classes: SYMBOLS });
  await until(() => pad.get("classes").length === 3);
  for (let i = 0; i < 9; i++) {
    await asks(pad, { do: "add", label: SYMBOLS[i % 3] }, symbol(SYMBOLS[i % 3], i));
    await until(() => pad.get("drawings").length === i + 1);
    await other.teach(symbol(SYMBOLS[i % 3], i), SYMBOLS[i % 3]);
  }
  const { id } = pad.get("drawings")[4];
  await asks(pad, { do: "remove", id });
  other.remove(id);
  await asks(pad, { do: "learn" });
  await until(() => pad.get("learning") !== null && pad.get("busy") === "");
  const { before: first, after: then, rounds, drawings, guesses } = await other.learn();
  assert.deepEqual(pad.get("learning"), {
    before: first,
    after: then,
    rounds,
    drawings,
    guesses,
    stopped: false,
  });
  assert.deepEqual(weightValues(pad.model), weightValues(other.model));
  assert.deepEqual(pad.state, { ...other.state, message: pad.get("message") });

  await asks(pad, { do: "forget" });
  await until(() => /as it came/.test(pad.get("message")));
  assert.equal(pad.get("isTaught"), false);
  for (const one of [pad, other]) one.dispose();
});

test("the page can stop the learning, and is told what goes wrong", async () => {
  const pad = await shown({ classes: SYMBOLS });
  for (let i = 0; i < 9; i++) await pad.teach(symbol(SYMBOLS[i % 3], i), SYMBOLS[i % 3]);
  void asks(pad, { do: "learn" });
  await until(() => pad.get("busy") !== "");
  await asks(pad, { do: "stop" });
  await until(() => pad.get("busy") === "");
  assert.deepEqual([pad.get("learning")?.stopped, pad.get("learning")?.after], [true, null]);

  const told = async (content: object): Promise<string> => {
    await asks(pad, content);
    await until(() => pad.get("isProblem"));
    return pad.get("message");
  };
  assert.match(await told({ do: "dance" }), /Cannot do "dance"/);
  assert.match(await told({ do: "classes", classes: ["a"] }), /2 to 40 names/);
  assert.match(await told({ do: "save", folder: "" }), /name a folder/);
  pad.dispose();
});

test("an interrupt of the kernel stops the learning", async () => {
  const pad = await shown({ classes: SYMBOLS });
  for (let i = 0; i < 9; i++) await pad.teach(symbol(SYMBOLS[i % 3], i), SYMBOLS[i % 3]);
  let stopped: boolean | undefined;
  const cell = book.run(async () => {
    stopped = (await pad.learn()).history.stopped;
  });
  await until(() => pad.get("busy") !== "");
  await book.send("interrupt_request", {});
  await cell;
  assert.deepEqual([stopped, pad.get("learning")?.after, pad.get("busy")], [true, null, ""]);
  pad.dispose();
});

test("a page that runs nothing gets a picture and words", async () => {
  const pad = drawingPad(model);
  await pad.teach(strokesOf(3, 2), "3");
  const { data } = pad.still();
  assert.match(data["text/plain"], /^Drawing pad\n\d 9?\d.*%.*\nKept: 3 \(1\)$/);
  assert.equal(Buffer.from(data["image/png"] as string, "base64").toString("latin1", 1, 4), "PNG");
  assert.equal(digits.classes.length, pad.get("guesses").length);
  pad.dispose();
});
