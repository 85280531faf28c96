/** The weights and images of the files in `fixtures`, by the formula of `make_fixtures.py`; and the files. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { tf } from "../../../../src/helpers/engine";
import { roleOf, weightedLayers, weightsOf } from "../../../../src/helpers/model";

const FIXTURES = join(__dirname, "fixtures");

/** What Keras or PyTorch gave for the two images, by file. */
export const expected = JSON.parse(readFileSync(join(FIXTURES, "expected.json"), "utf8")) as Record<
  string,
  number[][]
>;

/** A file as the other program wrote it. */
export function fixture(name: string): Buffer {
  return gunzipSync(readFileSync(join(FIXTURES, `${name}.gz`)));
}

/** Does some work with a file on disk. */
export async function withFile<T>(
  name: string,
  bytes: Uint8Array,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "weights-"));
  try {
    writeFileSync(join(folder, name), bytes);
    return await work(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A 32-bit hash for each of `count` values that belong to a name (FNV-1a, then splitmix32's mixing). */
function hashes(name: string, count: number): Uint32Array {
  let start = 0x811c9dc5;
  for (const letter of name) start = Math.imul(start ^ letter.charCodeAt(0), 0x01000193);
  return Uint32Array.from({ length: count }, (_, i) => {
    let z = start + Math.imul(i, 0x9e3779b9);
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  });
}

function formulaWeight(layer: string, role: string, shape: number[]): Float32Array {
  const product = (sides: number[]): number => sides.reduce((a, b) => a * b, 1);
  const inputs = product(role === "depthwise_kernel" ? shape.slice(0, 2) : shape.slice(0, -1));
  const scale = 2 ** Math.round(Math.log2(Math.sqrt(4.4 / inputs)));
  return Float32Array.from(hashes(`${layer}/${role}`, product(shape)), (hash) => {
    const step = (hash % 3) - 1;
    if (role === "moving_variance") return 1.5 + step / 2;
    if (role === "gamma") return 1.25 + step / 4;
    return /kernel/.test(role) ? step * scale : step / 4;
  });
}

/** All weights that a model should have, `"conv1/kernel"` first. */
export function formulaWeights(model: tf.LayersModel): Map<string, Float32Array> {
  return new Map(
    weightedLayers(model).flatMap(({ name, layer }) =>
      weightsOf(layer).map((weight) => [
        `${name}/${roleOf(weight)}`,
        formulaWeight(name, roleOf(weight), weight.shape as number[]),
      ]),
    ),
  );
}

/** Fails where two models differ in a weight, be it by a bit. */
export function assertSameWeights(actual: tf.LayersModel, wanted: tf.LayersModel): void {
  const bits = (model: tf.LayersModel): Buffer[] =>
    weightedLayers(model).flatMap(({ layer }) =>
      weightsOf(layer).map((weight) => Buffer.from((weight.read().dataSync() as Float32Array).buffer)),
    );
  const [one, other] = [bits(actual), bits(wanted)];
  assert.equal(one.length, other.length);
  one.forEach((bytes, i) => assert.ok(bytes.equals(other[i]), `weight ${i} differs`));
}

/** Two images of bytes, `[2, side, side, 3]`; the caller disposes them. */
export function formulaImages(side: number): tf.Tensor4D {
  const pixels = Float32Array.from(hashes("pixels", 2 * side * side * 3), (hash) => hash % 256);
  return tf.tensor4d(pixels, [2, side, side, 3]);
}
