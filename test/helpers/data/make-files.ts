/** Tiny files in the formats that data sets come in, made by hand so that readers meet bytes of known content. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { tf } from "../../../src/helpers/engine/tf";
import { setReporter } from "../../../src/helpers/report";
import { readIdx } from "../../../src/helpers/data/idx";
import type { Source } from "../../../src/helpers/data/source";

export function idxOf(shape: number[], values: ArrayLike<number>, type = 8): Uint8Array {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head[2] = type;
  head[3] = shape.length;
  shape.forEach((side, axis) => head.writeUInt32BE(side, 4 + 4 * axis));
  return Buffer.concat([head, Uint8Array.from(values)]);
}

/** A ustar archive. */
export function tarOf(files: [path: string, bytes: Uint8Array][]): Uint8Array {
  const blocks = files.flatMap(([path, bytes]) => {
    const head = Buffer.alloc(512);
    head.write(path, 0, 100);
    head.write("0000644\0", 100);
    head.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
    head.fill(" ", 148, 156);
    head.write("0", 156);
    head.write("ustar\x0000", 257);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** The files of {@link tinySource}: two 2×2 pictures of each of two classes to train on, one of each to test. */
export function tinyFiles(): { "images.gz": Buffer; "labels.gz": Buffer } {
  const pixels = Array.from({ length: 6 * 4 }, (_, i) => i * 10);
  return {
    "images.gz": gzipSync(idxOf([6, 2, 2], pixels)),
    "labels.gz": gzipSync(idxOf([6], [0, 1, 0, 1, 0, 1])),
  };
}

/** A published set of six pictures, with an address that answers nothing unless another is given. */
export function tinySource(addresses: string[] = []): Source {
  const files = tinyFiles();
  return {
    name: "tiny",
    input: { type: "image", height: 2, width: 2, channels: 1, range: [0, 255] },
    classes: ["even", "odd"],
    counts: { train: 4, test: 2 },
    files: [
      { name: "images.gz", md5: md5(files["images.gz"]) },
      { name: "labels.gz", md5: md5(files["labels.gz"]) },
    ],
    addresses,
    read([imageFile, labelFile]) {
      const images = readIdx(imageFile).values;
      const labels = readIdx(labelFile).values;
      return {
        train: { images: images.subarray(0, 16), labels: labels.subarray(0, 4) },
        test: { images: images.subarray(16), labels: labels.subarray(4) },
      };
    },
  };
}

/** Serves on the loopback while the work runs. */
export async function whileServing(
  listener: RequestListener,
  work: (address: string) => Promise<void>,
): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Runs some work with an empty cache of its own, no mirror, and these variables.
 * @returns The lines that were reported. */
export async function withData(
  variables: Record<string, string | undefined>,
  work: (folder: string) => Promise<void>,
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "transfer-lab-data-"));
  const all: Record<string, string | undefined> = {
    TRANSFER_LAB_CACHE: join(folder, "cache"),
    TRANSFER_LAB_MIRROR: undefined,
    TRANSFER_LAB_PROFILE: undefined,
    ...variables,
  };
  const before = Object.keys(all).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  const lines: string[] = [];
  setReporter({ line: (message) => lines.push(message), progress: () => {} });
  try {
    for (const [name, value] of Object.entries(all)) set(name, value);
    await work(folder);
  } finally {
    for (const [name, value] of before) set(name, value);
    setReporter();
    await rm(folder, { recursive: true, force: true });
  }
  return lines;
}

/** Runs some work and fails where it leaves tensors behind. */
export async function withoutLeaks(work: () => Promise<void> | void): Promise<void> {
  const before = tf.memory().numTensors;
  await work();
  assert.equal(tf.memory().numTensors, before, "tensors leaked");
}
