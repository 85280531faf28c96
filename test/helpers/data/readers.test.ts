import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cifar10, cifar100 } from "../../../src/helpers/data/cifar";
import { readCifarBinary } from "../../../src/helpers/data/cifar-binary";
import { cifar100Coarse, cifar100CoarseOf, cifar100Fine } from "../../../src/helpers/data/cifar100-classes";
import { readIdx } from "../../../src/helpers/data/idx";
import { mnist } from "../../../src/helpers/data/mnist";
import { readTar } from "../../../src/helpers/data/tar";
import { idxOf, tarOf } from "./make-files";

test("IDX: shape and values, from a view into a larger buffer too", () => {
  const file = idxOf([2, 1, 3], [1, 2, 3, 4, 5, 255]);
  const { shape, values } = readIdx(Buffer.concat([Buffer.from([9]), file]).subarray(1));
  assert.deepEqual(shape, [2, 1, 3]);
  assert.deepEqual([...values], [1, 2, 3, 4, 5, 255]);
});

test("IDX: damaged files are refused, each with its reason", () => {
  const whole = idxOf([2, 3], [1, 2, 3, 4, 5, 6]);
  assert.throws(() => readIdx(new Uint8Array()), /begins with 00 00.*Received: no bytes/);
  assert.throws(() => readIdx(Buffer.from("<!doctype html>")), /begins with 00 00.*Received: 3c21646f/);
  assert.throws(() => readIdx(whole.subarray(0, 6)), /ends after 6 bytes, inside its head/);
  assert.throws(() => readIdx(whole.subarray(0, 17)), /shape of 2×3 needs 18 bytes. Received: 17/);
  assert.throws(() => readIdx(Buffer.concat([whole, Buffer.from([0])])), /needs 18 bytes. Received: 19/);
  assert.throws(() => readIdx(idxOf([1], [1], 0x0d)), /type 0x0d: .* unsigned bytes, 0x08/);
});

test("MNIST: images of another size, and labels of another number, are refused", () => {
  const images = idxOf([2, 28, 28], new Uint8Array(2 * 784));
  const labels = idxOf([2], [3, 4]);
  assert.equal(mnist.read([images, labels, images, labels]).test.labels[1], 4);
  assert.throws(
    () => mnist.read([idxOf([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), labels, images, labels]),
    /2×2×2/,
  );
  assert.throws(() => mnist.read([labels, labels, images, labels]), /count×28×28. Received: 2/);
  assert.throws(() => mnist.read([images, idxOf([1], [3]), images, labels]), /2 images need as many labels/);
});

/** One CIFAR record: red is `base`, green `base + 1`, blue `base + 2`, and the last pixel's red is 255. */
function record(labels: number[], base: number): Buffer {
  const planes = [0, 1, 2].map((c) => Buffer.alloc(1024, base + c));
  planes[0][1023] = 255;
  return Buffer.concat([Buffer.from(labels), ...planes]);
}

test("CIFAR binary: planes become pixels, labels keep their order", () => {
  const { images, labels, count } = readCifarBinary(Buffer.concat([record([7], 10), record([2], 50)]), {
    labelBytes: 1,
  });
  assert.equal(count, 2);
  assert.deepEqual(
    labels.map((list) => [...list]),
    [[7, 2]],
  );
  assert.deepEqual([...images.subarray(0, 6)], [10, 11, 12, 10, 11, 12]);
  assert.deepEqual([...images.subarray(3069, 3078)], [255, 11, 12, 50, 51, 52, 50, 51, 52]);
  assert.throws(
    () => readCifarBinary(record([7], 10).subarray(1), { labelBytes: 1 }),
    /records of 3073 bytes. Received: 3072/,
  );
  assert.throws(
    () => readCifarBinary(new Uint8Array(), { labelBytes: 2 }),
    /records of 3074 bytes. Received: 0/,
  );
});

test("CIFAR archives: CIFAR-10 joins its batches, CIFAR-100 checks fine labels against coarse ones", () => {
  const batches = [1, 2, 3, 4, 5].map((i): [string, Buffer] => [
    `cifar-10-batches-bin/data_batch_${i}.bin`,
    record([i], i),
  ]);
  const test10: [string, Buffer] = ["cifar-10-batches-bin/test_batch.bin", record([9], 90)];
  const set10 = cifar10.read([tarOf([test10, ...batches.reverse()])]);
  assert.deepEqual([...set10.train.labels], [1, 2, 3, 4, 5]);
  assert.equal(set10.train.images[4 * 3072], 5);
  assert.deepEqual([...set10.test.labels], [9]);
  assert.throws(() => cifar10.read([tarOf(batches)]), /lacks test_batch.bin; it holds data_batch_5.bin/);

  const both = (coarse: number, fine: number): Uint8Array =>
    tarOf(["train.bin", "test.bin"].map((name) => [`cifar-100-binary/${name}`, record([coarse, fine], 0)]));
  assert.deepEqual([...cifar100.read([both(11, 19)]).train.labels], [19]); // cattle, a large herbivore
  assert.throws(
    () => cifar100.read([both(11, 20)]),
    /fine label 20 and the coarse label 11, which do not go together/,
  );
});

test("CIFAR-100: a hundred fine classes in the alphabet's order, five to each coarse one", () => {
  assert.equal(new Set(cifar100Fine).size, 100);
  assert.equal(cifar100Coarse.length, 20);
  for (let coarse = 0; coarse < 20; coarse++)
    assert.equal(cifar100CoarseOf.filter((of) => of === coarse).length, 5, cifar100Coarse[coarse]);
  // The first and last labels of the published meta file.
  assert.deepEqual(cifar100Fine.slice(0, 5), ["apple", "aquarium_fish", "baby", "bear", "beaver"]);
  assert.deepEqual(cifar100CoarseOf.slice(0, 10), [4, 1, 14, 8, 0, 6, 7, 7, 18, 3]);
  assert.deepEqual(cifar100CoarseOf.slice(90), [18, 1, 2, 15, 6, 0, 17, 8, 14, 13]);
});

test("tar: what the tar program writes, in each of its formats", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-tar-"));
  try {
    const longFolder = join("train", "a-long-name-of-a-folder-".repeat(2), "and-a-longer-one-".repeat(4));
    const long = join(longFolder, "picture-number-one.jpg");
    mkdirSync(join(folder, longFolder), { recursive: true });
    writeFileSync(join(folder, long), "long");
    writeFileSync(join(folder, "train", "empty"), "");
    writeFileSync(join(folder, "train", "block"), "x".repeat(512));
    for (const format of ["ustar", "gnu", "pax"]) {
      const made = spawnSync("tar", [`--format=${format}`, "-cf", "a.tar", "./train"], { cwd: folder });
      if (made.status !== 0) return t.skip("the tar program is not here, or is not GNU's");
      const found = [...readTar(readFileSync(join(folder, "a.tar")))].map(
        ({ path, bytes }): [string, string] => [path, Buffer.from(bytes).toString()],
      );
      const expected = { [long]: "long", "train/empty": "", "train/block": "x".repeat(512) };
      assert.deepEqual(Object.fromEntries(found), expected, format);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("tar: a damaged archive is refused", () => {
  const whole = tarOf([
    ["a.txt", Buffer.from("one")],
    ["b.txt", Buffer.from("two")],
  ]);
  const read = (bytes: Uint8Array): string[] => [...readTar(bytes)].map(({ path }) => path);
  assert.deepEqual(read(whole), ["a.txt", "b.txt"]);
  assert.throws(() => read(whole.subarray(0, 1024)), /ends early, at byte 1024/);
  assert.throws(() => read(whole.subarray(0, 513)), /ends early, inside a.txt/);
  assert.throws(() => read(Buffer.from("not an archive".repeat(100))), /at byte 0 there is no head/);
  const flipped = Buffer.from(whole);
  flipped[1024 + 3] ^= 1;
  assert.throws(() => read(flipped), /at byte 1024 there is no head/);
});
