/** Drawings on the disk. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { imageFolder, predict, type tf } from "../../../src/helpers";
import { setReporter } from "../../../src/helpers/report";
import { drawingPad, type DrawingPad } from "../../../src/live/pad";
import { digitReader, strokesOf, symbol } from "./digits";

const SYMBOLS = ["circle", "cross", "zigzag"];
let model: tf.LayersModel;
let top: string;
let folder: string;

before(async () => {
  model = await digitReader();
  top = await mkdtemp(join(tmpdir(), "pad-"));
  setReporter({ line: () => {}, progress: () => {} });
});
after(async () => {
  model.dispose();
  await rm(top, { recursive: true });
});
beforeEach(async () => {
  folder = join(await mkdtemp(join(top, "t-")), "deep", "drawings");
});

async function withPad<Result>(
  options: Parameters<typeof drawingPad>[1],
  work: (pad: DrawingPad) => Promise<Result>,
): Promise<Result> {
  const pad = drawingPad(model, options);
  try {
    return await work(pad);
  } finally {
    pad.dispose();
  }
}

async function teachSymbols(pad: DrawingPad, each: number): Promise<void> {
  for (let seed = 1; seed <= each; seed++)
    for (const name of SYMBOLS) await pad.teach(symbol(name, seed), name);
}

test("imageFolder reads what a pad saved, pixel for pixel", async () => {
  const collected = await withPad({ classes: SYMBOLS }, async (pad) => {
    await teachSymbols(pad, 3);
    assert.equal(await pad.save(folder), folder);
    assert.deepEqual([pad.get("saved"), pad.get("folder")], [9, folder]);
    return pad.collected;
  });
  const { classes, train, test: held, report } = await imageFolder(folder, { like: model });
  assert.deepEqual(classes, SYMBOLS);
  assert.equal(train.count + held.count, 9);
  assert.deepEqual(report.skipped, []);
  const imagesOf = ({ images, count }: { images: ArrayLike<number>; count: number }): string[] =>
    Array.from({ length: count }, (_, i) =>
      Buffer.from(Array.from(images).slice(784 * i, 784 * (i + 1))).toString("hex"),
    );
  assert.deepEqual([...imagesOf(train), ...imagesOf(held)].sort(), imagesOf(collected).sort());
  assert.deepEqual((await readdir(folder)).sort(), [...SYMBOLS, "pad.json"].sort()); // nothing is left behind
});

test("predict says of a saved drawing what the pad said", async () => {
  const guesses = await withPad({}, async (pad) => {
    const said = await pad.draw(strokesOf(3, 5));
    await pad.add("3");
    await pad.save(folder);
    return said;
  });
  const [file] = await readdir(join(folder, "3"));
  const { classes } = await predict(model, join(folder, "3", file), { top: 10 });
  assert.deepEqual(classes, guesses);
});

test("the next pad finds drawings and classes again, and learns the same", async () => {
  const first = await withPad({ classes: SYMBOLS, folder }, async (pad) => {
    await teachSymbols(pad, 2);
    return await pad.learn(); // saves
  });
  await withPad({ folder }, async (pad) => {
    const { after: then, before: asItCame } = await pad.learn();
    assert.deepEqual(pad.get("classes"), SYMBOLS);
    assert.equal(pad.get("saved"), 6);
    assert.equal(pad.collected.count, 6);
    assert.deepEqual([asItCame?.of, then?.of], [first.before?.of, first.after?.of]);
  });
  await withPad({ folder, classes: ["0", "1"] }, async (pad) => {
    await pad.draw([]);
    assert.deepEqual([pad.get("classes"), pad.get("aside")], [["0", "1"], 6]);
  });
});

test("a drawing that is removed is removed from the folder, and nothing else is", async () => {
  await mkdir(join(folder, "cross"), { recursive: true });
  await writeFile(join(folder, "cross", "mine.png"), "a picture of somebody's");
  await withPad({ classes: SYMBOLS, folder }, async (pad) => {
    await teachSymbols(pad, 1);
    await pad.save();
    for (const { id } of pad.get("drawings")) pad.remove(id);
    await pad.add("circle");
    await pad.save();
  });
  assert.deepEqual(await readdir(join(folder, "cross")), ["mine.png"]);
  assert.equal(await readFile(join(folder, "cross", "mine.png"), "utf8"), "a picture of somebody's");
  assert.equal((await readdir(join(folder, "circle"))).length, 1); // the zigzag on the paper, under another label
  assert.ok(!(await readdir(folder)).includes("zigzag"));
});

test("a damaged drawing is told of, and the others are found", async () => {
  await withPad({ classes: SYMBOLS, folder }, async (pad) => {
    await teachSymbols(pad, 1);
    await pad.save();
  });
  await writeFile(join(folder, "cross", "drawing-0123456789ab.png"), "no picture");
  await writeFile(join(folder, "pad.json"), "{");
  await withPad({ folder, classes: SYMBOLS }, async (pad) => {
    await pad.draw([]);
    assert.equal(pad.collected.count, 3);
    assert.match(pad.get("message"), /1 of the drawings can't be read, such as .*drawing-0123456789ab\.png/);
  });
});

test("a folder that can't be written is said to be", async () => {
  const file = join(top, "file");
  await writeFile(file, "");
  await withPad({ classes: SYMBOLS }, async (pad) => {
    await teachSymbols(pad, 1);
    await assert.rejects(pad.save(join(file, "inside")), /Cannot save the drawings in .*inside/);
  });
});
