import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { imageFolder } from "../../../src/helpers/data/image-folder";
import { writeImageFolder } from "../../../src/helpers/data/write-image-folder";
import { setReporter } from "../../../src/helpers/report";
import { stripes } from "../tiny";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "transfer-lab-"));
  setReporter({ line: () => {}, progress: () => {} });
  try {
    await work(folder);
  } finally {
    setReporter();
    await rm(folder, { recursive: true });
  }
}

test("what is written is read back, pixel for pixel", () =>
  inFolder(async (folder) => {
    const examples = stripes(12);
    const place = join(folder, "a", "stripes");
    await writeImageFolder({ name: "stripes", ...examples, train: examples, test: stripes(6, 2) }, place);
    const read = await imageFolder(place, { size: 16 });
    assert.deepEqual(read.classes, [...examples.classes].sort());
    assert.deepEqual([read.train.count, read.test.count], [12, 6]);
    const images = (of: typeof examples): string[] =>
      Array.from(of.labels, (label, i) => `${of.classes[label]} ${of.images.slice(i * 768, (i + 1) * 768)}`);
    assert.deepEqual(images(read.train).sort(), images(examples).sort());
    assert.deepEqual(await readdir(join(folder, "a")), ["stripes"], "nothing else is left");
  }));

test("grey images and images of other ranges are written as they look", () =>
  inFolder(async (folder) => {
    const grey = {
      images: Float32Array.from({ length: 4 * 4 * 4 }, (_, i) => (i % 3) - 1),
      labels: Int32Array.of(0, 1, 0, 1),
      count: 4,
      classes: ["no", "yes"],
      input: { type: "image" as const, height: 4, width: 4, channels: 1, range: [-1, 1] as [number, number] },
    };
    await writeImageFolder(grey, join(folder, "grey"));
    const { train, test: rest } = await imageFolder(join(folder, "grey"), { like: grey, testShare: 0.5 });
    const values = new Set([...train.images, ...rest.images].map((value) => Math.round(value * 50) / 50));
    assert.deepEqual([...values].sort(), [-1, 0, 1].sort());
  }));

test("a folder that holds something is left alone, and odd names are refused", () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, "mine.txt"), "mine");
    await assert.rejects(writeImageFolder(stripes(3), folder), /holds 1 things already/);
    assert.deepEqual(await readdir(folder), ["mine.txt"]);
    for (const name of ["../out", "", ".hidden", "a/b"])
      await assert.rejects(
        writeImageFolder(stripes(3, 1, ["a", "b", name]), join(folder, "new")),
        /no folder can have this name/,
      );
    const wide = { ...stripes(3), input: { ...stripes(3).input, channels: 4 } };
    await assert.rejects(writeImageFolder(wide, join(folder, "new")), /Cannot write pictures of 4 channels/);
    assert.deepEqual(await readdir(folder), ["mine.txt"]);
  }));
