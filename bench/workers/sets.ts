/** Reads the sets that prepare.ts wrote. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Examples, InputSpec } from "../../src/helpers/data";

export function readSet(folder: string, name: string): Examples {
  const file = (ending: string): string => join(folder, `${name}.${ending}`);
  const { input, shape } = JSON.parse(readFileSync(file("json"), "utf8")) as {
    shape: number[];
    input: InputSpec;
  };
  const labels = readInts(file("labels"));
  const classes = Array.from({ length: 10 }, (_, i) => String(i));
  return { images: new Uint8Array(readFileSync(file("images"))), labels, count: shape[0], classes, input };
}

/** The order in which a set is trained on. */
export function readOrder(folder: string, name: string): Int32Array {
  return readInts(join(folder, `${name}.order`));
}

function readInts(file: string): Int32Array {
  const bytes = new Uint8Array(readFileSync(file));
  return new Int32Array(bytes.buffer);
}
