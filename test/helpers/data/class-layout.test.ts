import assert from "node:assert/strict";
import { test } from "node:test";
import { classLayout } from "../../../src/helpers/data/class-layout";
import { addEntry, archiveEntry, type Entry } from "../../../src/helpers/data/file-source";

/** Entries as a source lists them; a path that ends in `/` is a folder. */
function entriesOf(paths: string[]): Entry[] {
  const entries: Entry[] = [];
  for (const path of paths)
    addEntry(entries, "photos", archiveEntry({ path, kind: path.endsWith("/") ? "folder" : "file" }));
  return entries;
}

/** `"train cats a.jpg"` for each file, in order. */
function told(paths: string[]): string[] {
  const { classes, files } = classLayout(entriesOf(paths), "photos");
  return files.map(({ part, label, path }) => `${part ?? "any"} ${classes[label]} ${path}`);
}

function refused(paths: string[], why: RegExp): void {
  assert.throws(() => classLayout(entriesOf(paths), "photos"), why);
}

test("a folder for each class: classes by name, files by path", () => {
  const paths = [
    "dogs/2.jpg",
    "dogs/10.jpg",
    "cats/b.PNG",
    "cats/a.webp",
    "ants/x.jpeg",
    "ants/y.gif",
    "ants/z.bmp",
  ];
  assert.deepEqual(classLayout(entriesOf(paths), "photos").classes, ["ants", "cats", "dogs"]);
  assert.deepEqual(told(paths), [
    "any ants ants/x.jpeg",
    "any ants ants/y.gif",
    "any ants ants/z.bmp",
    "any cats cats/a.webp",
    "any cats cats/b.PNG",
    "any dogs dogs/10.jpg",
    "any dogs dogs/2.jpg",
  ]);
  assert.deepEqual(told([...paths].reverse()), told(paths), "whatever the order of the list");
  const { files } = classLayout(entriesOf(paths), "photos");
  assert.deepEqual(
    files.map(({ entry, path }) => paths[entry] === path),
    files.map(() => true),
  );
});

test("train and test, by their many names", () => {
  const inParts = (train: string, test: string): string[] =>
    told([`${train}/cats/1.jpg`, `${train}/dogs/2.jpg`, `${test}/cats/3.jpg`]).map(
      (line) => line.split(" ")[0],
    );
  for (const [train, test] of [
    ["train", "test"],
    ["Training", "Testing"],
    ["train", "val"],
    ["train", "valid"],
    ["TRAIN", "validation"],
  ])
    assert.deepEqual(inParts(train, test).sort(), ["test", "train", "train"], `${train}, ${test}`);
  const all = told(["train/a/1.jpg", "train/b/2.jpg", "val/a/3.jpg", "test/b/4.jpg"]);
  assert.deepEqual(all.map((line) => line.split(" ")[0]).sort(), ["test", "train", "train", "validation"]);
});

test("a part alone, or beside an empty one, leaves the split to chance", () => {
  assert.deepEqual(told(["train/cats/1.jpg", "train/dogs/2.jpg"]), [
    "any cats train/cats/1.jpg",
    "any dogs train/dogs/2.jpg",
  ]);
  assert.deepEqual(
    told(["train/cats/1.jpg", "train/dogs/2.jpg", "test/"]).map((line) => line.split(" ")[0]),
    ["any", "any"],
  );
});

test("wrapping folders are taken off, and what lies deeper belongs to its class", () => {
  const inner = ["cats/indoors/1.jpg", "cats/2.jpg", "dogs/3.jpg"];
  const names = (paths: string[]): string[] =>
    told(paths).map((line) => line.split(" ").slice(0, 2).join(" "));
  for (const wrap of ["", "photos/", "a/b/c/"])
    assert.deepEqual(names(inner.map((path) => wrap + path)), ["any cats", "any cats", "any dogs"], wrap);
  assert.deepEqual(
    names([
      "archive/README.md",
      "archive/train/cats/1.jpg",
      "archive/train/dogs/2.jpg",
      "archive/test/dogs/3.jpg",
    ]),
    ["test dogs", "train cats", "train dogs"],
  );
  assert.deepEqual(
    names(["./x/train/1.jpg", "./x/car/2.jpg"]),
    ["any car", "any train"],
    "a class of trains",
  );
});

test("what systems leave behind is passed over in silence, what doesn't belong is told", () => {
  const { files, skipped } = classLayout(
    entriesOf([
      "README.md",
      "LICENSE",
      ".git/config",
      "__MACOSX/cats/._1.jpg",
      "cats/.DS_Store",
      "cats/Thumbs.db",
      "cats/desktop.ini",
      "cats/.ipynb_checkpoints/1.jpg",
      "cats/1.jpg",
      "cats/notes.txt",
      "cats/phone.heic",
      "cats/IMG_7",
      "dogs/2.jpg",
      "loose.png",
    ]),
    "photos",
  );
  assert.deepEqual(
    files.map(({ path }) => path),
    ["cats/1.jpg", "cats/IMG_7", "dogs/2.jpg"],
  );
  const foreign = "by its name it is no JPEG, PNG, GIF, BMP or WebP picture";
  assert.deepEqual(skipped, [
    { path: "cats/notes.txt", reason: foreign },
    { path: "cats/phone.heic", reason: foreign },
    { path: "loose.png", reason: "it is in no class folder" },
  ]);
});

test("accents are one letter or two: it is one class", () => {
  assert.equal(
    classLayout(entriesOf(["train/cafe\u0301/1.jpg", "train/b/2.jpg", "test/caf\u00e9/3.jpg"]), "photos")
      .classes.length,
    2,
  );
});

test("what can't be a data set is refused with what to do", () => {
  const help = /Make a folder for each class, such as photos\/cats and photos\/dogs\./;
  refused([], /Cannot make a data set of photos: it holds no picture\./);
  refused(["README.md", "cats/"], /it holds no picture/);
  refused(["1.jpg", "2.jpg"], /its pictures, such as 1.jpg, are in no class folders/);
  refused(["1.jpg"], help);
  refused(["photos/1.jpg", "photos/2.jpg"], /"photos" is its only class/);
  refused(["train/1.jpg", "test/2.jpg"], /such as train\/1.jpg, are in no class folders/);
  refused(["cats/1.jpg"], /"cats" is its only class, and a classifier needs two/);
  refused(["cats/1.jpg", "dogs/"], /no picture to train on in "dogs"\. Add some, or remove the folder/);
  refused(
    ["cats/1.jpg", "dogs/a.txt", "cows/.DS_Store", "emus/"],
    /no picture to train on in "dogs", "emus"/,
  );
  refused(["train/a/1.jpg", "train/b/1.jpg", "test/c/1.jpg"], /no picture to train on in "c"/);
});
