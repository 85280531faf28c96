import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { checkExamples, imageAt, type Examples, type InputSpec } from "../../../src/helpers/data";
import { decodePhoto } from "../../../src/helpers/data/photo";
import {
  imageFolder,
  type ImageFolder,
  type ImageFolderOptions,
} from "../../../src/helpers/data/image-folder";
import { tf } from "../../../src/helpers/engine/tf";
import { setReporter } from "../../../src/helpers/report";
import { tarOf, withoutLeaks } from "./make-files";
import { draw, hills, jpeg, png, withFolder, zipOf } from "./make-pictures";

/** Pictures of several sizes, all different. */
async function pictures(paths: string[]): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const [i, path] of paths.entries()) {
    const picture = hills(20 + (i % 3) * 10, 40, i + 1);
    files[path] = path.endsWith(".png") ? await png(picture) : await jpeg(picture);
  }
  return files;
}

const paths = (folder: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${folder}/${String(i).padStart(3, "0")}.jpg`);

/** Reads files as a folder called `photos`.
 * @returns The set and the lines that were reported. */
async function read(
  files: Record<string, Uint8Array | string>,
  options: ImageFolderOptions = {},
  place = "photos",
): Promise<{ set: ImageFolder; lines: string[] }> {
  const lines: string[] = [];
  let set!: ImageFolder;
  setReporter({ line: (message) => lines.push(message), progress: () => {} });
  try {
    await withFolder(files, async (folder) => {
      set = await imageFolder(join(folder, place), { size: 16, ...options });
    });
  } finally {
    setReporter();
  }
  return { set, lines };
}

/** Fails where two sets of examples differ, without listing every pixel. */
function assertSame(actual: Examples, expected: Examples): void {
  const { images, ...rest } = actual;
  const { images: expectedImages, ...expectedRest } = expected;
  assert.deepEqual(rest, expectedRest);
  assert.ok(Buffer.from(images).equals(Buffer.from(expectedImages)), "pixels differ");
}

/** The same files within a folder. */
const within = (name: string, files: Record<string, Uint8Array>): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`${name}/${path}`, bytes]));

test("a folder with a folder for each class: every picture at its place, a fifth of each class held out", () =>
  withoutLeaks(async () => {
    const files = await pictures([...paths("dogs", 10), ...paths("cats", 5)]);
    const { set, lines } = await read(within("photos", files));
    assert.equal(set.name, "photos");
    assert.deepEqual(set.classes, ["cats", "dogs"]);
    assert.deepEqual(set.input, { type: "image", height: 16, width: 16, channels: 3, range: [0, 255] });
    for (const part of [set.train, set.test]) checkExamples(part, { everyClass: true });
    assert.deepEqual(set.report.counts, [
      { name: "cats", train: 4, validation: 0, test: 1 },
      { name: "dogs", train: 8, validation: 0, test: 2 },
    ]);
    for (const part of ["train", "test"] as const)
      for (const [i, path] of set.report.paths[part].entries()) {
        assert.deepEqual(imageAt(set[part], i), await decodePhoto(files[path], set.input), path);
        assert.equal(set.classes[set[part].labels[i]], path.split("/")[0]);
      }
    assert.equal(
      new Set([...set.report.paths.train, ...set.report.paths.test]).size,
      15,
      "none is lost or twice there",
    );
    assert.deepEqual([...set.train.labels.subarray(0, 4)], [0, 1, 0, 1], "the beginning shows all classes");
    assert.deepEqual(set.report.imbalance, { ratio: 2, largest: "dogs", smallest: "cats" });
    assert.deepEqual(lines, [
      "photos: 2 classes, pictures: 12 to train on, 3 to test on (held out by chance)",
      'photos: "dogs" has 2.0 times as many training pictures as "cats"; classWeights: "balanced" makes up for it',
    ]);
  }));

test("the seed decides what is held out, and nothing else does", async () => {
  const files = await pictures([...paths("a", 12), ...paths("b", 12)]);
  const held = async (options: ImageFolderOptions): Promise<string[]> =>
    (await read(within("photos", files), options)).set.report.paths.test;
  const first = await held({ seed: 1 });
  assert.deepEqual(await held({ seed: 1 }), first);
  assert.deepEqual(await held({}), first);
  assert.notDeepEqual(await held({ seed: 2 }), first);
  assert.equal((await held({ testShare: 0.5 })).length, 12);
  assert.equal((await held({ testShare: 0.01 })).length, 2, "at least one of each");
  assert.equal((await held({ testShare: 0.99 })).length, 22, "never all of them");
});

test("a zip and a gzipped tar give what the folder gives, and nothing is written", async () => {
  const files = await pictures([...paths("a", 4), ...paths("b", 6)]);
  const wrapped = Object.entries(within("archive", files));
  const { set: expected } = await read(within("photos", files));
  const archives = {
    "photos.zip": zipOf(wrapped.map(([path, bytes]) => ({ path, bytes }))),
    "photos.tar.gz": gzipSync(tarOf(wrapped)),
  };
  await withFolder(archives, async (folder) => {
    for (const name of Object.keys(archives)) {
      const set = await imageFolder(join(folder, name), { size: 16 });
      assert.equal(set.name, "photos");
      assertSame(set.train, expected.train);
      assertSame(set.test, expected.test);
    }
    assert.deepEqual(readdirSync(folder).sort(), Object.keys(archives).sort());
  });
});

test("train, test and validation folders decide instead", async () => {
  const files = await pictures([
    ...paths("train/a", 3),
    ...paths("train/b", 3),
    ...paths("test/b", 2),
    "test/a/x.png",
  ]);
  const { set, lines } = await read(within("photos/set", files));
  assert.deepEqual([set.train.count, set.test.count, set.validation], [6, 3, undefined]);
  assert.equal(set.report.split, "folders");
  assert.deepEqual(lines, ["photos: 2 classes, pictures: 6 to train on, 3 to test on"]);
  const more = await pictures([...paths("val/a", 1)]);
  const { set: withValidation } = await read(within("photos", { ...files, ...more }));
  assert.equal(withValidation.validation!.count, 1);
  checkExamples(withValidation.validation!);
  assertSame(withValidation.train, set.train);
  assertSame(withValidation.test, set.test);
});

test("bad files are left out and listed, or refused", async () => {
  const good = await pictures([...paths("a", 3), ...paths("b", 3)]);
  const bad = {
    "a/0.jpg": good["a/000.jpg"].subarray(0, 300),
    "a/notes.txt": Buffer.from("a note"),
    "b/page.png": Buffer.from("<!doctype html>"),
    "b/.DS_Store": Buffer.from("junk"),
    "b/Thumbs.db": Buffer.from("junk"),
  };
  const { set, lines } = await read(within("photos", { ...good, ...bad }));
  const { set: clean } = await read(within("photos", good));
  assertSame(set.train, clean.train);
  assert.deepEqual(
    set.report.skipped.map(({ path }) => path),
    ["a/notes.txt", "a/0.jpg", "b/page.png"],
  );
  assert.match(set.report.skipped[1].reason, /damaged or cut off/);
  assert.match(
    lines[1],
    /^photos: 3 files are left out \(report.skipped\): a\/notes.txt \(by its name .*; a\/0.jpg \(it is damaged .*; …$/,
  );
  const refuse = (files: Record<string, Uint8Array>, why: RegExp): Promise<void> =>
    assert.rejects(read(within("photos", files), { onBad: "refuse" }), why);
  await refuse(
    { ...good, "a/notes.txt": bad["a/notes.txt"] },
    /Cannot use 1 of the files of photos: a\/notes.txt \(by its name/,
  );
  await refuse(
    { ...good, "a/0.jpg": bad["a/0.jpg"] },
    /Cannot use 1 of the files of photos: a\/0.jpg \(it is damaged.*With onBad: "skip"/,
  );
  await read(within("photos", { ...good, "b/.DS_Store": bad["b/.DS_Store"] }), { onBad: "refuse" });
});

test("like a model: its size, its channels and its range; another input type is refused", async () => {
  const files = within("photos", await pictures([...paths("a", 3), ...paths("b", 3)]));
  const grey: InputSpec = { type: "image", height: 8, width: 12, channels: 1, range: [0, 255] };
  const { set } = await read(files, { like: grey, size: undefined });
  assert.deepEqual(set.input, grey);
  assert.ok(set.train.images instanceof Uint8Array);
  assert.equal(set.train.images.length, 4 * 96);

  const unit: InputSpec = { ...grey, range: [0, 1] };
  const { set: floats, lines } = await read(files, { like: unit, size: undefined });
  checkExamples(floats.train);
  assert.ok(floats.train.images instanceof Float32Array);
  set.train.images.forEach((byte, i) => assert.ok(Math.abs(byte / 255 - floats.train.images[i]) < 1e-6));
  assert.equal(
    lines[0],
    "photos: values of 0…1 are kept as floats: 1 MB instead of 1 MB, and 1 MB while they are made",
  );

  const open = tf.input({ shape: [null, null, 3] });
  const model = tf.model({ inputs: open, outputs: open, name: "net" });
  const bare = await read(files, { like: model, size: 20 });
  assert.deepEqual(bare.set.input, { type: "image", height: 20, width: 20, channels: 3, range: [0, 255] });
  assert.equal(bare.lines[0], "photos: values taken to be 0…255, as the model has no card");

  await assert.rejects(
    read(files, { like: { ...grey, type: "audio" } }),
    /Cannot adapt photos from image to audio/,
  );
  await assert.rejects(read(files, { like: { ...grey, channels: 4 } }), /from 3 to 4 channels/);
  await assert.rejects(
    read(files, { like: grey, size: 16 }),
    /of size 16 for what takes 8×12: leave out "size"/,
  );
});

test("copies on both sides of the split are told", async () => {
  const files = await pictures([
    ...paths("train/a", 12),
    ...paths("train/b", 12),
    ...paths("test/a", 5),
    ...paths("test/b", 5),
  ]);
  // hills() draws by number: the test pictures are others. One is a copy, one was saved again smaller and darker.
  files["test/a/copy.jpg"] = files["train/b/003.jpg"];
  files["test/b/again.webp"] = await draw(hills(30, 40, 5))
    .linear(0.8, 5)
    .resize(32, 24)
    .webp({ quality: 60 })
    .toBuffer();
  files["train/a/004.jpg"] = await jpeg(hills(30, 40, 5));
  const { set, lines } = await read(within("photos", files));
  const found = set.report.nearDuplicates;
  assert.deepEqual(found.map(({ test, train }) => [test, train]).sort(), [
    ["test/a/copy.jpg", "train/b/003.jpg"],
    ["test/b/again.webp", "train/a/004.jpg"],
  ]);
  assert.equal(found.find(({ test }) => test === "test/a/copy.jpg")!.similarity, 1);
  assert.ok(
    lines.some((line) =>
      /^photos: 2 of 12 test pictures are nearly the same as training pictures/.test(line),
    ),
  );
});

test("what can't be a data set is refused", async () => {
  const { "x/1.jpg": one } = await pictures(["x/1.jpg"]);
  const refuse = (
    files: Record<string, Uint8Array>,
    why: RegExp,
    options?: ImageFolderOptions,
  ): Promise<void> => assert.rejects(read(within("photos", files), options), why);
  await refuse(
    { "1.jpg": one },
    /Cannot make a data set of photos: its pictures, such as 1.jpg, are in no class folders/,
  );
  await refuse({ "a/1.jpg": one }, /"a" is its only class/);
  await refuse({ "a/1.jpg": one, "b/note.txt": one }, /no picture to train on in "b"/);
  await refuse(
    { "a/1.jpg": one, "a/2.jpg": one, "b/1.jpg": one },
    /hold out test pictures of "b": it has 1, and needs/,
  );
  const broken = one.subarray(0, 200);
  await refuse(
    { "a/1.jpg": one, "b/1.jpg": broken },
    /no file to train on in "b" is a picture that can be read: b\/1.jpg \(it is damaged/,
  );
  const both = { "a/1.jpg": one, "a/2.jpg": one, "b/1.jpg": one, "b/2.jpg": one };
  await refuse(both, /size 0: it is a whole number of px from 1 to 4096/, { size: 0 });
  await refuse(both, /hold out a share of 1: it lies between 0 and 1/, { testShare: 1 });
  await refuse(both, /treat bad files by "ignore": say "skip" or "refuse"/, { onBad: "ignore" as never });
  await refuse(both, /fit pictures by "cover"/, { fit: "cover" as never });
  await assert.rejects(
    imageFolder("/no/such/photos"),
    /Cannot read \/no\/such\/photos: there is no such folder or file/,
  );
  await assert.rejects(imageFolder(""), /Cannot read pictures from "": give the path/);
});

test("a signal stops it within a picture or two, and progress is told until then", async () => {
  const files = await pictures([...paths("a", 30), ...paths("b", 30)]);
  await withFolder(within("photos", files), async (folder) => {
    const stop = new AbortController();
    const done: number[] = [];
    setReporter({
      line: () => {},
      progress: (progress) => {
        assert.deepEqual([progress.task, progress.total, progress.unit], ["Reading photos", 60, "images"]);
        done.push(progress.done);
        if (progress.done === 5) stop.abort();
      },
    });
    try {
      await assert.rejects(imageFolder(join(folder, "photos"), { signal: stop.signal }), {
        name: "AbortError",
      });
      assert.ok(done.length < 10, `${done.length} pictures`);
      await assert.rejects(imageFolder(join(folder, "photos"), { signal: AbortSignal.abort() }), {
        name: "AbortError",
      });
    } finally {
      setReporter();
    }
  });
});
