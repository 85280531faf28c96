import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine/tf";
import { readClassFolders } from "../../../src/helpers/data/class-folders";
import { decodePictures } from "../../../src/helpers/data/decode";
import type { InputSpec } from "../../../src/helpers/data/examples";
import { tarOf, withoutLeaks } from "./make-files";

const input: InputSpec = { type: "image", height: 8, width: 8, channels: 3, range: [0, 255] };
const classes = ["cat", "dog"];

/** A plain colour, as a JPEG of the best quality. */
async function jpeg(colour: number[], side = 8): Promise<Uint8Array> {
  const picture = tf.tidy(() => tf.tile(tf.tensor3d(colour, [1, 1, 3], "int32"), [side, side, 1]));
  const bytes = await tf.node.encodeJpeg(picture, "rgb", 100);
  picture.dispose();
  return bytes;
}

test("class folders: labels from folders, order by file name and class, notes passed over", async () => {
  const [red, green, blue] = await Promise.all([jpeg([250, 0, 0]), jpeg([0, 250, 0]), jpeg([0, 0, 250])]);
  const tar = tarOf([
    ["LICENCE.txt", Buffer.from("for research")],
    ["cats-and-dogs/train/dog/0001.jpg", blue],
    ["cats-and-dogs/train/dog/0000.jpg", green],
    ["cats-and-dogs/train/cat/0000.jpg", red],
    ["cats-and-dogs/train/cat/._0000.jpg", Buffer.from("a note")],
    ["cats-and-dogs/test/cat/0000.JPEG", green],
  ]);
  await withoutLeaks(async () => {
    const { train, test } = await readClassFolders(tar, { input, classes });
    assert.deepEqual([...train.labels], [0, 1, 1]);
    assert.deepEqual([...test.labels], [0]);
    const firstPixels = [0, 1, 2].map((i) => [...train.images.subarray(i * 192, i * 192 + 3)]);
    for (const [i, pixel] of firstPixels.entries())
      assert.equal(pixel.indexOf(Math.max(...pixel)), i, `picture ${i} is ${pixel}`);
  });
});

test("class folders: unknown classes and stray pictures are refused", async () => {
  const red = await jpeg([250, 0, 0]);
  const read = (path: string): Promise<unknown> => readClassFolders(tarOf([[path, red]]), { input, classes });
  await assert.rejects(
    read("train/cow/0.jpg"),
    /Cannot place train\/cow\/0.jpg: .* classes are "cat", "dog"/,
  );
  await assert.rejects(read("validation/cat/0.jpg"), /Cannot place validation\/cat\/0.jpg/);
  await assert.rejects(read("0.jpg"), /Cannot place 0.jpg/);
  await assert.rejects(read("README"), /Cannot find a picture/);
});

test("decoding: PNG is exact, colour becomes grey where the set is grey", async () => {
  const pixels = Uint8Array.from({ length: 192 }, (_, i) => (i * 37) % 256);
  const picture = tf.tensor3d(pixels, [8, 8, 3], "int32");
  const png = await tf.node.encodePng(picture);
  picture.dispose();
  await withoutLeaks(async () => {
    assert.deepEqual(await decodePictures([{ path: "a.png", bytes: png }], input), pixels);
    const grey = await decodePictures([{ path: "b.jpg", bytes: await jpeg([200, 200, 200]) }], {
      ...input,
      channels: 1,
    });
    assert.equal(grey.length, 64);
    assert.ok(grey.every((value) => Math.abs(value - 200) <= 1));
  });
});

test("decoding: damaged pictures are named, and nothing leaks", async () => {
  const red = await jpeg([250, 0, 0]);
  const refuse = (bytes: Uint8Array, why: RegExp): Promise<void> =>
    assert.rejects(decodePictures([{ path: "train/cat/7.jpg", bytes }], input), why);
  const large = await jpeg([1, 2, 3], 9);
  await withoutLeaks(async () => {
    await refuse(
      red.subarray(0, red.length - 40),
      /Cannot decode train\/cat\/7.jpg: the file is damaged or cut off/,
    );
    await refuse(red.subarray(0, 20), /Cannot decode train\/cat\/7.jpg: the file is damaged/);
    await refuse(Buffer.from("GIF89a"), /neither a JPEG nor a PNG/);
    await refuse(new Uint8Array(), /neither a JPEG nor a PNG/);
    await refuse(large, /pictures of this set are 8×8. Received: 9×9/);
  });
});

test("decoding stops at the signal", async () => {
  const stop = new AbortController();
  const files = Array.from({ length: 600 }, () => ({ path: "a.jpg", bytes: new Uint8Array() }));
  const bytes = await jpeg([9, 9, 9]);
  const seen: number[] = [];
  const work = decodePictures(
    files.map((file) => ({ ...file, bytes })),
    input,
    { signal: stop.signal, progress: (done) => seen.push(done) && stop.abort() },
  );
  await assert.rejects(work, { name: "AbortError" });
  assert.deepEqual(seen, [250]);
});
