/** A pad as an object: what its methods do. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { after, before, test } from "node:test";
import { cardOf, evaluate, fineTune, pick, replaceHead, type tf } from "../../../src/helpers";
import { drawingPad, type DrawingPad } from "../../../src/live/pad";
import { dealRounds } from "../../../src/live/pad/learn";
import { Newest } from "../../../src/live/pad/newest";
import { packStrokes, unpackStrokes } from "../../../src/live/pad/strokes";
import { weightValues, withoutLeaks } from "../../helpers/tiny";
import { digitReader, digits, strokesOf, symbol } from "./digits";

const SYMBOLS = ["circle", "cross", "zigzag"];
let model: tf.LayersModel;

before(async () => {
  model = await digitReader();
});
after(() => model.dispose());

/** Works with a pad and disposes it; no tensor may be left. */
async function withPad(
  options: Parameters<typeof drawingPad>[1],
  work: (pad: DrawingPad) => Promise<void>,
): Promise<void> {
  await withoutLeaks(async () => {
    const pad = drawingPad(model, options);
    try {
      await work(pad);
    } finally {
      pad.dispose();
    }
  });
}

async function teachSymbols(pad: DrawingPad, each: number): Promise<void> {
  for (let seed = 1; seed <= each; seed++)
    for (const name of SYMBOLS) await pad.teach(symbol(name, seed), name);
}

test("drawn digits are read about as well as those of the set", async () => {
  const { accuracy } = await evaluate(model, digits.test);
  await withPad({}, async (pad) => {
    let right = 0;
    for (let i = 0; i < 50; i++) {
      const guesses = await pad.draw(strokesOf(i % 10, 1000 + i));
      assert.ok(Math.abs(guesses.reduce((sum, { confidence }) => sum + confidence, 0) - 1) < 1e-6);
      if (guesses[0].name === String(i % 10)) right++;
    }
    assert.ok(accuracy > 0.6, `${accuracy} on the set`);
    assert.ok(right / 50 > accuracy - 0.15, `${right} of 50; ${accuracy} on the set`);
  });
});

test("an example of a set is seen as it is", async () => {
  const { predictions } = await evaluate(model, digits.test);
  await withPad({}, async (pad) => {
    for (const index of [0, 7, 23]) {
      const [{ name }] = await pad.see(digits.test, index);
      assert.equal(name, digits.classes[predictions[index]]);
    }
    assert.deepEqual(pad.get("seen"), pick(digits.test, [23]).images);
    await assert.rejects(pad.see(digits.test, 100), /Cannot see example 100: there are examples 0 to 99/);
    assert.deepEqual(await pad.draw([]), []);
    assert.equal(pad.get("seen").length, 0);
  });
});

test("ink is white for digits; black is the same turned round", async () => {
  await withPad({}, async (pad) => {
    assert.equal(pad.get("ink"), "white");
    await pad.draw(strokesOf(3, 1));
    const white = pad.get("seen");
    await withPad({ ink: "black" }, async (other) => {
      await other.draw(strokesOf(3, 1));
      assert.ok(other.get("seen").every((value, i) => value === 255 - white[i]));
    });
  });
});

test("it learns symbols of one's own, as fineTune does, and the model that was given stays as it was", async () => {
  const was = weightValues(model);
  await withPad({ classes: SYMBOLS }, async (pad) => {
    assert.equal(pad.get("isTaught"), false);
    await teachSymbols(pad, 5);
    await pad.draw(symbol("cross", 77));
    const { before: first, after: then, rounds, drawings, history, receipt, guesses } = await pad.learn();
    assert.deepEqual([drawings, rounds, first?.of, then?.of], [15, 5, 15, 15]);
    assert.ok(then!.right >= 13 && then!.right > first!.right, `${first!.right} → ${then!.right}`);
    assert.ok(!history.stopped && receipt.layers.filter(({ frozen }) => !frozen).length === 1);
    assert.equal(guesses?.after.name, "cross");
    assert.equal(pad.get("isTaught"), true);

    const mine = replaceHead(model, { classes: SYMBOLS, seed: 1 });
    await fineTune(mine, pad.collected, { strategy: "option-1", seed: 1 });
    assert.deepEqual(weightValues(pad.model), weightValues(mine));
    mine.dispose();
    let right = 0;
    for (let i = 0; i < 30; i++)
      if ((await pad.draw(symbol(SYMBOLS[i % 3], 500 + i)))[0].name === SYMBOLS[i % 3]) right++;
    assert.ok(right >= 27, `${right} of 30`);
  });
  assert.deepEqual(weightValues(model), was);
  assert.deepEqual(cardOf(model).classes, digits.classes);
});

test("with examples of what it knew it learns a new form and forgets little", async () => {
  const few = pick(digits.train, [...Array(50).keys()]);
  await withPad({ examples: few }, async (pad) => {
    for (let seed = 1; seed <= 4; seed++) await pad.teach(symbol("zigzag", seed), "7");
    const { before: first, after: then } = await pad.learn();
    assert.deepEqual([first?.of, then?.of], [4, 4]);
    assert.ok(then!.right >= 3, `${then!.right}`);
    const { accuracy } = await evaluate(pad.model, digits.test);
    assert.ok(accuracy > 0.5, `${accuracy}`);
    await pad.forget();
    assert.deepEqual(weightValues(pad.model), weightValues(model));
    assert.equal(pad.collected.count, 4);
  });
});

test("other classes put drawings aside, and bring them back", async () => {
  await withPad({}, async (pad) => {
    await pad.teach(strokesOf(3, 1), "3");
    await pad.useClasses([" star ", "circle"]);
    assert.deepEqual(
      [pad.get("classes"), pad.get("aside"), pad.get("drawings")],
      [["star", "circle"], 1, []],
    );
    await pad.add("star").then(
      () => assert.fail("the same drawing twice"),
      ({ message }) => assert.match(message, /it is kept already, as "3"/),
    );
    await pad.useClasses(digits.classes);
    assert.deepEqual([pad.get("aside"), pad.get("drawings").length, pad.get("isTaught")], [0, 1, true]);
    assert.deepEqual(weightValues(pad.model), weightValues(model));
    pad.remove(pad.get("drawings")[0].id);
    assert.equal(pad.collected.count, 0);
  });
});

test("stopping leaves a network that works", async () => {
  await withPad({ classes: SYMBOLS }, async (pad) => {
    await teachSymbols(pad, 2);
    const off = pad.onChange("busy", (busy) => void (busy && setTimeout(() => pad.stop(), 5)));
    const { after: then, history } = await pad.learn();
    off();
    assert.equal(then, null);
    assert.ok(history.stopped && history.steps.length < 200);
    assert.equal((await pad.draw(symbol("cross", 9))).length, 3);
    assert.equal(pad.get("busy"), "");
    assert.ok((await pad.learn()).after);
  });
});

test("what can't be done is refused", async () => {
  await withPad({}, async (pad) => {
    await assert.rejects(pad.add("3"), /the paper is empty/);
    await assert.rejects(
      pad.teach(strokesOf(1, 1), "x"),
      /Cannot keep a drawing as "x": the classes are 0, 1/,
    );
    await pad.add("1");
    await assert.rejects(pad.learn(), /takes drawings of two classes or more. There are 1, of 1/);
    await assert.rejects(pad.save(), /name a folder/);
    await assert.rejects(pad.draw([[[0.5, 2]]]), /from 0 to 1/);
    await assert.rejects(pad.draw([[]]), /a point or more/);
    await assert.rejects(pad.useClasses(["a", "a"]), /"a" is there twice/);
    await assert.rejects(pad.useClasses(["a"]), /2 to 40 names. Received: 1/);
    await assert.rejects(pad.useClasses(["a", "b/c"]), /Received: "b\/c"/);
    assert.throws(() => pad.remove("nothing"), /Cannot remove drawing "nothing"/);
    await pad.teach(strokesOf(2, 1), "2");
    const learning = pad.learn();
    await new Promise((resolve) => setTimeout(resolve));
    await assert.rejects(pad.forget(), /while the network is learning/);
    await learning;
  });
  assert.throws(() => drawingPad(model, { ink: "red" as "black" }), /ink "red"/);
});

test("strokes survive being packed", () => {
  const strokes = [[[0, 0.25, 1] as const], [[0.5, 0.5] as const, [1, 0.75, 0] as const]];
  assert.deepEqual(unpackStrokes(packStrokes(strokes)), [[[0, 0.25, 1]], [[0.5, 0.5, 0.5], [1, 0.75, 0]]]); // prettier-ignore
  for (const bad of [[2, 0, 0, 0], [0], [1, 0, NaN, 0], [1.5, 0, 0, 0], [1, -1, 0, 0]])
    assert.throws(() => unpackStrokes(Float32Array.from(bad)), /Cannot draw these strokes/);
});

test("of drawings that come faster than answers, the newest is answered", async () => {
  const done: number[] = [];
  const gates = new EventEmitter();
  const [begun, answer] = [once(gates, "begun"), once(gates, "answer")];
  const newest = new Newest<number>(async (item) => {
    gates.emit("begun");
    await answer;
    done.push(item);
  });
  void newest.take(1);
  await begun;
  void newest.take(2);
  void newest.take(3);
  const last = newest.take(4);
  gates.emit("answer");
  await last;
  await newest.take(5);
  assert.deepEqual(done, [1, 4, 5]);
});

test("every drawing is held out once, but for those without a fellow", () => {
  const labels = Int32Array.of(0, 1, 0, 1, 2, 0, 0);
  const set = { ...pick(digits.test, [...labels.keys()]), labels, classes: ["a", "b", "c"] };
  const rounds = dealRounds(set);
  assert.equal(rounds.length, 5);
  assert.deepEqual(rounds.flat().sort(), [0, 1, 2, 3, 5, 6]);
  assert.deepEqual(dealRounds(set, set).flat().sort(), [0, 1, 2, 3, 4, 5, 6]);
});
