/** The IDX format of MNIST: two zero bytes, the type of the values, the number of axes, the length of each
 * axis (big-endian), the values. */

export interface Idx {
  /** E.g. `[60000, 28, 28]` for images, `[60000]` for labels. */
  shape: number[];
  /** Row-major, as many as the product of the shape; a view of the bytes given, not a copy. */
  values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/** Reads the bytes of an IDX file of unsigned bytes.
 * @throws Error where it is another file, or has more or fewer bytes than its head says.
 * @see http://yann.lecun.com/exdb/mnist, "File formats"
 * @example const { shape, values } = readIdx(await gunzip(await readFile("train-images-idx3-ubyte.gz"))); */
export function readIdx(bytes: Uint8Array): Idx {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0 || bytes[3] === 0)
    throw new Error(
      `Cannot read an IDX file: it begins with 00 00, a type and a number of axes. Received: ${hex(bytes)}.`,
    );
  if (bytes[2] !== UNSIGNED_BYTE)
    throw new Error(
      `Cannot read an IDX file of type 0x${bytes[2].toString(16).padStart(2, "0")}: images and labels are unsigned bytes, 0x08.`,
    );
  const start = 4 + 4 * bytes[3];
  if (bytes.length < start)
    throw new Error(`Cannot read an IDX file: it ends after ${bytes.length} bytes, inside its head.`);
  const shape = Array.from({ length: bytes[3] }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = start + shape.reduce((product, side) => product * side, 1);
  if (bytes.length !== expected)
    throw new Error(
      `Cannot read an IDX file: a shape of ${shape.join("×")} needs ${expected} bytes. Received: ${bytes.length}.`,
    );
  return { shape, values: bytes.subarray(start) };
}

function hex(bytes: Uint8Array): string {
  return bytes.length === 0 ? "no bytes" : Buffer.from(bytes.subarray(0, 4)).toString("hex");
}
