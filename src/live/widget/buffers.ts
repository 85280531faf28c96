/** Binary values travel beside the state: they are taken out of it, with the path of each, and put in again.
 * @see https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/messages.md */
import { bytesOf } from "../kernel";

export type Path = (string | number)[];

export interface Taken {
  /** What is left: an element of a list leaves `null`, a field of an object nothing. */
  state: Record<string, unknown>;
  paths: Path[];
  buffers: Uint8Array[];
}

const isBinary = (value: unknown): value is ArrayBuffer | ArrayBufferView =>
  value instanceof ArrayBuffer || ArrayBuffer.isView(value);
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && typeof (value as { toJSON?: unknown }).toJSON !== "function";

/** Takes the binary values out of a state, which is left as it is. */
export function takeBuffers(state: Record<string, unknown>): Taken {
  const paths: Path[] = [];
  const buffers: Uint8Array[] = [];
  const take = (value: unknown, path: Path): unknown => {
    if (isBinary(value)) {
      paths.push(path);
      buffers.push(bytesOf(value));
      return undefined;
    }
    if (Array.isArray(value)) return value.map((item, i) => take(item, [...path, i]) ?? null);
    if (!isPlain(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, take(item, [...path, key])]));
  };
  return { state: take(state, []) as Record<string, unknown>, paths, buffers };
}

/** Puts binary values where they belong, in place.
 * @throws An Error where the state has no such place. */
export function putBuffers(
  state: Record<string, unknown>,
  paths: readonly Path[],
  buffers: Uint8Array[],
): void {
  if (paths.length > buffers.length)
    throw new Error(`Cannot put ${paths.length} binary values into a state: ${buffers.length} came with it.`);
  for (const [i, path] of paths.entries()) {
    const last = path.at(-1);
    let place: unknown = state;
    for (const step of path.slice(0, -1)) place = own(place, step);
    if (last === undefined || last === "__proto__" || typeof place !== "object" || place === null)
      throw new Error(`Cannot put a binary value at ${JSON.stringify(path)}: the state has no such place.`);
    (place as Record<string | number, unknown>)[last] = buffers[i];
  }
}

/** Bytes as the kind of array that `like` is; a copy. */
export function asKindOf(like: unknown, bytes: unknown): unknown {
  if (!(bytes instanceof Uint8Array) || !isBinary(like)) return bytes;
  if (like instanceof Uint8Array) return new Uint8Array(bytes);
  const { buffer } = new Uint8Array(bytes); // a view may not begin just anywhere
  if (like instanceof ArrayBuffer) return buffer;
  return new (like.constructor as new (buffer: ArrayBuffer) => ArrayBufferView)(buffer);
}

function own(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}
