/** Damaged pictures and archives, made from good ones by seeded chance. None may crash the process, take long, or
 * write anything; each is either read or refused in words. 200 of them here, more with
 * `FUZZ=2000 node scripts/unit.mjs image-folder.fuzz`. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";
import * as tar from "tar-stream";
import { checkExamples } from "../../../src/helpers/data";
import { imageFolder } from "../../../src/helpers/data/image-folder";
import { tf } from "../../../src/helpers/engine";
import { random, type Random } from "../../../src/helpers/random";
import { setReporter } from "../../../src/helpers/report";
import { bmp, bmp24, draw, hills, jpeg, noise, png, withFolder, zipOf } from "./make-pictures";

const CASES = Number(process.env.FUZZ ?? 200);
const PER_FOLDER = 20; // damaged pictures at a time
const LIMIT_MS = 10_000; // for a picture or an archive

const seeds: Buffer[] = []; // good pictures
const archives: [name: string, bytes: Buffer][] = [];
let good: Buffer;

before(async () => {
  const photo = hills(40, 50);
  const grain = noise(24, 20);
  const palette = [
    [0, 0, 255],
    [0, 255, 0],
    [255, 0, 0],
    [9, 9, 9],
  ];
  seeds.push(
    await jpeg(photo),
    await draw(photo).jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
    await draw(photo).toColourspace("cmyk").jpeg().toBuffer(),
    await png(grain),
    await draw(grain).png({ palette: true, progressive: true }).toBuffer(),
    await draw(noise(9, 9, 4))
      .toColourspace("rgb16")
      .png()
      .toBuffer(),
    await draw(photo).gif().toBuffer(),
    await draw(grain).webp({ lossless: true }).toBuffer(),
    await draw(noise(16, 16, 4))
      .webp({ quality: 60, exif: true } as object)
      .toBuffer(),
    bmp24(grain),
    bmp({
      bits: 4,
      height: 2,
      width: 3,
      rows: [
        [0x01, 0x20],
        [0x32, 0x10],
      ],
      palette,
    }),
    bmp({
      bits: 32,
      height: 1,
      width: 2,
      rows: [[1, 2, 3, 4, 5, 6, 7, 8]],
      masks: [0xff, 0xff00, 0xff0000, 0xff000000],
      headSize: 108,
    }),
  );
  good = seeds[0];
  archives.push(...(await goodArchives()));
});

/** Archives with pictures, and with names and links that lead out. */
async function goodArchives(): Promise<[string, Buffer][]> {
  const names = ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg"];
  const evil = ["../evil.jpg", "/tmp/transfer-lab-evil.jpg", "a/../../evil.jpg", "C:\\evil.jpg"];
  const all = [...names, ...evil];
  const zip = zipOf([
    ...all.map((path, i) => ({
      path,
      bytes: seeds[i % seeds.length],
      stored: i % 2 === 0,
      zip64: i % 3 === 0,
    })),
    { path: "a/link.jpg", bytes: Buffer.from("../../evil.jpg"), mode: 0o120777 },
    { path: "a/secret.jpg", bytes: good, encrypted: true },
  ]);
  const pack = tar.pack();
  for (const [i, name] of all.entries()) pack.entry({ name }, seeds[i % seeds.length]);
  pack.entry({ name: `a/${"long/".repeat(40)}3.jpg`, pax: { comment: "long" } } as tar.Header, good);
  for (const type of ["symlink", "link", "fifo", "character-device"] as const)
    pack.entry({ name: `b/${type}.jpg`, type, linkname: "../../evil.jpg" } as tar.Header);
  pack.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of pack) chunks.push(chunk as Uint8Array);
  const tarred = Buffer.concat(chunks);
  return [
    ["photos.zip", zip],
    ["photos.tar", tarred],
    ["photos.tar.gz", gzipSync(tarred)],
  ];
}

type Damage = (bytes: Buffer, at: number, chance: Random) => Buffer;

/** Each is given a copy that it may change. */
const DAMAGES: Record<string, Damage> = {
  cut: (bytes, at) => bytes.subarray(0, at),
  bits(bytes, _, chance) {
    for (let i = 1 + chance.int(8); i > 0; i--) bytes[chance.int(bytes.length)] ^= 1 << chance.int(8);
    return bytes;
  },
  wipe: (bytes, at, chance) =>
    bytes.fill(chance.int(2) * 255, at, Math.min(bytes.length, at + 1 + chance.int(30))),
  noise(bytes, at, chance) {
    for (let i = at; i < Math.min(bytes.length, at + 40); i++) bytes[i] = chance.int(256);
    return bytes;
  },
  remove: (bytes, at, chance) =>
    Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + chance.int(40)))]),
  repeat: (bytes, at, chance) =>
    Buffer.concat([bytes.subarray(0, at), bytes.subarray(0, 1 + chance.int(64)), bytes.subarray(at)]),
  /** Begins as another picture or archive does. */
  splice(bytes, at, chance) {
    const other = chance.uniform() < 0.8 ? seeds[chance.int(seeds.length)] : archives[chance.int(3)][1];
    return Buffer.concat([other.subarray(0, chance.int(Math.min(other.length, 200))), bytes.subarray(at)]);
  },
  /** Lengths and sizes that can't be. */
  extreme(bytes, at, chance) {
    const value = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000][chance.int(6)];
    const where = Math.min(at, bytes.length - 4);
    if (chance.int(2)) bytes.writeUInt32LE(value, where);
    else bytes.writeUInt32BE(value, where);
    return bytes;
  },
};

/** Bytes with one or two damages, half of them in the head, which matters most. */
function damaged(bytes: Buffer, chance: Random): Buffer {
  const ways = Object.values(DAMAGES);
  let copy = Buffer.from(bytes);
  for (let times = 1 + chance.int(2); times > 0 && copy.length > 8; times--) {
    const at = chance.int(chance.uniform() < 0.5 ? Math.min(copy.length, 80) : copy.length);
    copy = Buffer.from(ways[chance.int(ways.length)](copy, at, chance));
  }
  return copy;
}

let slowestMs = 0;

/** Reads a place; it must end in time, in a set or in words. */
async function mustEnd(
  path: string,
  what: string,
): Promise<Awaited<ReturnType<typeof imageFolder>> | undefined> {
  const start = performance.now();
  let timer!: NodeJS.Timeout;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: `${what} hangs` })), LIMIT_MS);
  });
  try {
    const set = await Promise.race([imageFolder(path, { size: 24 }), limit]);
    checkExamples(set.train);
    checkExamples(set.test);
    return set;
  } catch (error) {
    assert.match((error as Error).message, /^Cannot /, what);
    return undefined;
  } finally {
    clearTimeout(timer);
    slowestMs = Math.max(slowestMs, performance.now() - start);
  }
}

async function quietly(work: (folder: string) => Promise<void>): Promise<void> {
  const tensors = tf.memory().numTensors;
  setReporter({ line: () => {}, progress: () => {} });
  try {
    await withFolder({ "outside/keep": "as it was" }, work);
  } finally {
    setReporter();
  }
  assert.equal(tf.memory().numTensors, tensors, "tensors leaked");
}

test(`${CASES / 2} damaged pictures: each is read or listed`, () =>
  quietly(async (folder) => {
    let read = 0;
    for (let batch = 0; batch < CASES / 2 / PER_FOLDER; batch++) {
      const photos = join(folder, "photos");
      for (const name of ["a", "b"]) {
        await mkdir(join(photos, name), { recursive: true });
        for (const copy of [1, 2]) await writeFile(join(photos, name, `good${copy}.jpg`), good);
      }
      for (let i = 0; i < PER_FOLDER; i++) {
        const chance = random(batch * PER_FOLDER + i);
        await writeFile(join(photos, "a", `${i}.jpg`), damaged(seeds[chance.int(seeds.length)], chance));
      }
      const set = await mustEnd(photos, `batch ${batch} of pictures`);
      assert.ok(set, "good pictures make a set, whatever else there is");
      assert.equal(set.train.count + set.test.count + set.report.skipped.length, PER_FOLDER + 4);
      read += set.train.count + set.test.count - 4;
      await rm(photos, { recursive: true });
    }
    assert.ok(
      read > 0.05 * (CASES / 2) && read < 0.95 * (CASES / 2),
      `${read} were read: the damage is no test`,
    );
  }));

test(`${CASES / 2} damaged archives: each is read or refused, and nothing is written`, () =>
  quietly(async (folder) => {
    let read = 0;
    for (let i = 0; i < CASES / 2; i++) {
      const chance = random(1_000_000 + i);
      const [name, bytes] = archives[i % archives.length];
      await writeFile(join(folder, name), damaged(bytes, chance));
      if (await mustEnd(join(folder, name), `archive ${i}, ${name},`)) read++;
      await rm(join(folder, name));
      const left = readdirSync(folder, { recursive: true }).map(String).sort();
      assert.deepEqual(left, ["outside", "outside/keep"], `archive ${i} wrote something`);
    }
    assert.ok(!readdirSync("/tmp").includes("transfer-lab-evil.jpg"));
    assert.ok(
      read > 0.05 * (CASES / 2) && read < 0.95 * (CASES / 2),
      `${read} were read: the damage is no test`,
    );
  }));

test("none took long", (t) => {
  t.diagnostic(`the slowest of ${CASES} took ${slowestMs.toFixed(0)} ms`);
  assert.ok(slowestMs < LIMIT_MS);
});
