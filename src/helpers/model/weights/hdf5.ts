/** HDF5, the container of Keras' weights, read with jsfive: datasets of numbers by their paths. */
import { Dataset, File, Group } from "jsfive";
import { valuesIn, type FileTensor, type FileTensors } from "./tensors";

/** No file of weights comes near, and a damaged one that points at itself ends here. */
const MAX_DEPTH = 16;
const MAX_OBJECTS = 20_000;

const SIGNATURE = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");

/** Whether a file begins as HDF5 files do. */
export function isHdf5(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length));
}

/** The datasets of an HDF5 file by their paths, `"layers/conv2d/vars/0"`.
 * @param wanted Which groups and datasets to look at, by path.
 * @throws Error where the file is damaged, or holds something else than plain numbers, in one piece each. */
export function readHdf5(bytes: Uint8Array, wanted: (path: string) => boolean): FileTensors {
  const tensors: FileTensors = new Map();
  let objects = 0;
  let bytesLeft = bytes.length;
  const walk = (group: Group, prefix: string, depth: number): void => {
    for (const name of group.keys) {
      const path = prefix + name;
      if (!wanted(path)) continue;
      if (depth > MAX_DEPTH || ++objects > MAX_OBJECTS) throw new Error("its groups have no end");
      const found = group.get(name);
      if (found instanceof Group) walk(found, `${path}/`, depth + 1);
      else if (found) {
        bytesLeft -= sizeOf(found, path);
        if (!(bytesLeft >= 0))
          throw new Error(`the datasets up to "${path}" should be larger than the file is`);
        tensors.set(path, valuesOf(found, path));
      }
    }
  };
  try {
    if (!isHdf5(bytes)) throw new Error("it doesn't begin as one");
    walk(new File(new Uint8Array(bytes).buffer), "", 0);
  } catch (cause) {
    throw new Error(`Cannot read the HDF5 file: ${reason(cause)}.`, { cause });
  }
  return tensors;
}

/** The bytes that a dataset takes. Nothing is read before it is clear that the file is large enough for it. */
function sizeOf({ shape, dtype, _dataobjects: { chunks } }: Dataset, path: string): number {
  const [, bytesEach] = /^[<>][iuf](\d)$/.exec(String(dtype)) ?? [];
  if (!bytesEach) throw new Error(`"${path}" is of type ${JSON.stringify(dtype)}, and only numbers are read`);
  if (chunks)
    throw new Error(`"${path}" is stored in chunks, which Keras doesn't do; have Keras save it again`);
  return valuesIn(shape) * Number(bytesEach);
}

function valuesOf({ shape, value }: Dataset, path: string): FileTensor {
  const values = Float32Array.from(value);
  if (values.length !== valuesIn(shape)) throw new Error(`"${path}" has too few values`);
  return { shape, values };
}

/** jsfive throws texts, and calls what is undefined where it found something unexpected. */
function reason(cause: unknown): string {
  if (cause instanceof Error && cause.constructor === Error) return cause.message;
  return `it is damaged, or written in a way that isn't read (${cause instanceof Error ? cause.message : String(cause)})`;
}
