/** Damaged files: each is read in full or refused with an error, and soon. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readKeras, readKerasH5 } from "../../../../src/helpers/model/weights/keras";
import { readSafetensors } from "../../../../src/helpers/model/weights/safetensors";
import type { FileTensors } from "../../../../src/helpers/model/weights/tensors";
import { random, type Random } from "../../../../src/helpers/random";
import { fixture } from "./formula";

/** Where a file has its structure: its beginning, mostly. */
const STRUCTURE = 20_000;

/** Cuts a file off, changes some of its bytes, or puts one part over another. */
function damage(bytes: Buffer, chance: Random): Buffer {
  const copy = Buffer.from(bytes);
  const place = (): number => chance.int(chance.int(2) ? copy.length : Math.min(STRUCTURE, copy.length));
  const [kind, at] = [chance.int(4), place()];
  if (kind === 0) return copy.subarray(0, at);
  if (kind === 1) for (let i = chance.int(30); i >= 0; i--) copy[place()] ^= 1 + chance.int(255);
  if (kind === 2) copy.fill(255 * chance.int(2), at, at + 8); // all ones: huge lengths and addresses
  if (kind === 3) copy.copy(copy, at, place(), place() + 64);
  return copy;
}

/** Reads damaged copies of a file. @returns How many were refused. */
async function refused(
  name: string,
  count: number,
  read: (bytes: Buffer) => FileTensors | Promise<FileTensors>,
): Promise<number> {
  const whole = fixture(name);
  const chance = random(1);
  let refusals = 0;
  for (let i = 0; i < count; i++) {
    const bytes = damage(whole, chance);
    const start = performance.now();
    try {
      for (const [path, { shape, values }] of await read(bytes))
        assert.equal(
          values.length,
          shape.reduce((a, b) => a * b, 1),
          path,
        );
    } catch (error) {
      assert.ok(
        error instanceof Error && /^Cannot read .*\.$/.test(error.message),
        `copy ${i}: ${String(error)}`,
      );
      refusals++;
    }
    assert.ok(performance.now() - start < 2000, `copy ${i} took ${performance.now() - start} ms`);
  }
  assert.ok(process.memoryUsage().rss < 2e9, `${process.memoryUsage().rss} bytes`);
  return refusals;
}

test("120 damaged .weights.h5 files", async () => {
  assert.ok((await refused("mobilenet.weights.h5", 120, readKerasH5)) > 40);
});

test("130 damaged .h5 files", async () => {
  assert.ok((await refused("convnet-keras2.h5", 130, readKerasH5)) > 30);
});

test("150 damaged .keras files: the archive's checksum finds what the reader can't", async () => {
  assert.ok((await refused("convnet.keras", 150, readKeras)) > 100);
});

test("100 damaged safetensors files", async () => {
  assert.ok((await refused("mobilenet.safetensors", 100, readSafetensors)) > 30);
});
