/** The safetensors format: the length of a header, the header (JSON: name → type, shape, place), the values.
 * @see https://github.com/huggingface/safetensors */
import { dtypeNamed, dtypeNames } from "./dtypes";
import { valuesIn, type FileTensors } from "./tensors";

/** The format's own limit. */
const MAX_HEADER = 100_000_000;

interface Entry {
  name: string;
  dtype: NonNullable<ReturnType<typeof dtypeNamed>>;
  shape: number[];
  start: number;
  end: number;
}

/** The tensors of a safetensors file. Every type of number becomes a 32-bit float.
 * @throws Error where the file is damaged: a header that is no JSON, a tensor outside the file, tensors that
 *   overlap or leave a gap, a shape that doesn't have as many values as there are bytes.
 * @example
 * const tensors = readSafetensors(await readFile("net.safetensors"));
 * tensors.get("conv1.weight")?.shape; // [32, 3, 5, 5] */
export function readSafetensors(bytes: Uint8Array): FileTensors {
  const { header, values } = splitFile(bytes);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => checkedEntry(name, entry, values.length));
  checkTiling(entries, values.length);
  return new Map(
    entries.map(({ name, dtype, shape, start, end }) => {
      const own = new Uint8Array(values.subarray(start, end)).buffer; // a copy, so that it is aligned
      return [name, { shape, values: dtype.read(own) }];
    }),
  );
}

/** Whether a file looks like safetensors: a sensible length, then a JSON object. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 8 && bytes[8] === 0x7b && headerLength(bytes) <= bytes.length - 8;
}

/** Names, shapes and values as a safetensors file.
 * @param metadata Texts that the header keeps under `__metadata__`. */
export function writeSafetensors(tensors: FileTensors, metadata: Record<string, string>): Buffer {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const [name, { shape, values }] of tensors)
    header[name] = { dtype: "F32", shape, data_offsets: [at, (at += values.byteLength)] };
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8; // so that the values are aligned
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded));
  const parts = Array.from(tensors.values(), ({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  return Buffer.concat([length, json, Buffer.alloc(padded - json.length, " "), ...parts]);
}

function headerLength(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
}

function splitFile(bytes: Uint8Array): { header: Record<string, unknown>; values: Uint8Array } {
  if (bytes.length < 8)
    throw damaged(`it has ${bytes.length} bytes, and the length of its header alone takes 8`);
  const length = headerLength(bytes);
  if (length > MAX_HEADER || length > bytes.length - 8)
    throw damaged(`its header should have ${length} bytes, and the file has ${bytes.length}`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + 8, length).toString("utf8");
  return { header: parse(text), values: bytes.subarray(8 + length) };
}

function parse(text: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(text);
    if (header && typeof header === "object" && !Array.isArray(header))
      return header as Record<string, unknown>;
  } catch {
    // said below
  }
  throw damaged("its header is no JSON object");
}

function checkedEntry(name: string, entry: unknown, bytes: number): Entry {
  const { dtype: kind, shape, data_offsets: place } = (entry ?? {}) as Record<string, unknown>;
  const dtype = dtypeNamed(kind);
  if (!dtype)
    throw damaged(
      `"${name}" is of type ${JSON.stringify(kind)}, and those read are ${dtypeNames.join(", ")}`,
    );
  const [start, end] = Array.isArray(place) ? (place as unknown[]) : [];
  if (!(isPlace(start) && isPlace(end) && start <= end && end <= bytes))
    throw damaged(`"${name}" should lie at ${JSON.stringify(place)}, and there are ${bytes} bytes of values`);
  if (!Array.isArray(shape) || valuesIn(shape) * dtype.size !== end - start)
    throw damaged(`"${name}" is ${JSON.stringify(shape)} of ${String(kind)}, but has ${end - start} bytes`);
  return { name, dtype, shape: shape as number[], start, end };
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Each byte belongs to one tensor. */
function checkTiling(entries: Entry[], bytes: number): void {
  let at = 0;
  for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at)
      throw damaged(`"${name}" begins at byte ${start} of the values, where ${at} was expected`);
    at = end;
  }
  if (at !== bytes) throw damaged(`${bytes - at} bytes at its end belong to no tensor`);
}

function damaged(what: string): Error {
  return new Error(`Cannot read the safetensors file: ${what}.`);
}
