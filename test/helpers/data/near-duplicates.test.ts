import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { InputSpec } from "../../../src/helpers/data/examples";
import { Fingerprints, nearDuplicates, type NearDuplicate } from "../../../src/helpers/data/near-duplicates";
import { decodePhoto } from "../../../src/helpers/data/photo";
import { readTar } from "../../../src/helpers/data/tar";
import { assertClose } from "../tiny";
import { withoutLeaks } from "./make-files";
import { draw, hills } from "./make-pictures";

const input: InputSpec = { type: "image", height: 48, width: 48, channels: 3, range: [0, 255] };

async function compare(train: Uint8Array[], test: Uint8Array[]): Promise<NearDuplicate[]> {
  const prints = new Fingerprints(train.length + test.length, input);
  [...train, ...test].forEach((pixels, index) => prints.set(index, pixels));
  const [first, second] = [train, test].map((list, part) => list.map((_, i) => i + part * train.length));
  let found!: NearDuplicate[];
  await withoutLeaks(async () => {
    found = await nearDuplicates(prints, first, second);
  });
  return found;
}

const photos = Array.from({ length: 60 }, (_, i) => hills(48, 48, i + 1));
const pixels = photos.map((photo) => photo.pixels);

test("other pictures are no duplicates", async () => {
  assert.deepEqual(await compare(pixels.slice(0, 40), pixels.slice(40)), []);
});

test("a copy is found however it was saved; the same pixels have the similarity 1", async () => {
  const photo = draw(photos[7]);
  const changed = {
    "the same": photo.clone().png(),
    "a poor JPEG": photo.clone().jpeg({ quality: 20 }),
    brighter: photo.clone().modulate({ brightness: 1.15 }).png(),
    "less contrast": photo.clone().linear(0.7, 30).png(),
    smaller: photo.clone().resize(24, 24).png(),
    "a closer crop": photo.clone().extract({ left: 1, top: 1, width: 46, height: 46 }).png(),
  };
  for (const [what, picture] of Object.entries(changed)) {
    const copy = await decodePhoto(await picture.toBuffer(), input);
    const [found, ...more] = await compare(pixels.slice(0, 40), [pixels[50], copy]);
    assert.ok(found, what);
    assert.deepEqual([found.test, found.train, more], [41, 7, []], what);
    assert.equal(found.similarity === 1, what === "the same", what);
  }
});

test("one of many copies is found too, and plain colours only where they are the same", async () => {
  const copies = await Promise.all(
    Array.from({ length: 30 }, async (_, i) =>
      decodePhoto(
        await draw(photos[1])
          .jpeg({ quality: 90 - i })
          .toBuffer(),
        input,
      ),
    ),
  );
  assert.equal((await compare([...copies, ...pixels.slice(2, 20)], [pixels[1]])).length, 1);
  const plain = (value: number): Uint8Array => new Uint8Array(input.height * input.width * 3).fill(value);
  assert.deepEqual(await compare([plain(10), plain(20)], [plain(30), plain(20)]), [
    { test: 3, train: 1, similarity: 1 },
  ]);
  assert.deepEqual(await compare(pixels.slice(0, 1), pixels.slice(1, 3)), [], "a single training picture");
});

test("rows are standardised: their product is Pearson's correlation", async () => {
  await withoutLeaks(async () => {
    const small = { ...input, height: 16, width: 16 };
    const prints = new Fingerprints(2, small);
    const two = [hills(16, 16, 1).pixels, hills(16, 16, 2).pixels];
    two.forEach((picture, i) => prints.set(i, picture));
    const rows = prints.rows([0, 1]);
    const [a, b] = (await rows.array()) as number[][];
    rows.dispose();
    const mean = (list: ArrayLike<number>): number =>
      Array.from(list).reduce((sum, v) => sum + v, 0) / list.length;
    const [x, y] = two.map((list) => Array.from(list, (value) => value - mean(list)));
    const dot = (u: number[], v: number[]): number => u.reduce((sum, value, i) => sum + value * v[i], 0);
    assertClose([dot(a, b)], [dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))], 1e-5);
  });
});

const archive = join(process.env.TRANSFER_LAB_MIRROR ?? "", "cifar10/cifar10-images.tar.gz");
const without = existsSync(archive) ? false : "TRANSFER_LAB_MIRROR has no cifar10-images.tar.gz";

test(
  "photographs of CIFAR-10: some copies, as is known of it, and few alarms",
  { skip: without },
  async () => {
    const all = [...readTar(gunzipSync(readFileSync(archive)))].filter(({ path }) => /\.jpe?g$/.test(path));
    const some = ["train", "test"].map((part) =>
      all.filter(({ path }) => path.split("/").includes(part)).filter((_, i) => i % 10 === 0),
    );
    const prints = new Fingerprints(6000, { ...input, height: 32, width: 32 });
    for (const [index, { bytes }] of some.flat().entries())
      prints.set(index, await decodePhoto(bytes, { height: 32, width: 32, channels: 3 }));
    const [train, test] = some.map((list, part) => list.map((_, i) => 5000 * part + i));
    const found = await nearDuplicates(prints, train, test);
    const classOf = (index: number): string => some.flat()[index].path.split("/").at(-2)!;
    const sameClass = found.filter((pair) => classOf(pair.test) === classOf(pair.train));
    assert.ok(found.length >= 3 && found.length <= 30, `${found.length} of 1,000`);
    assert.ok(sameClass.length >= 0.9 * found.length, "a copy has the label of what it copies");
  },
);
