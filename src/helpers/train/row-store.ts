/** Rows of numbers, all of one length, each written once and read often: in memory, or in a temporary file. */
import { randomUUID } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface RowStore {
  has(row: number): boolean;
  /** Takes rows over.
   * @param values One row after the other; not to be changed afterwards. */
  write(rows: readonly number[], values: Float32Array): Promise<void>;
  /** @returns The rows, one after the other, in the order asked for.
   * @throws Error where a row was never written. */
  read(rows: readonly number[]): Promise<Float32Array>;
  /** Gives up the memory, or removes the file. */
  dispose(): Promise<void>;
}

export function rowsInMemory(rowLength: number): RowStore {
  const held = new Map<number, Float32Array>();
  return {
    has: (row) => held.has(row),
    async write(rows, values) {
      rows.forEach((row, i) => held.set(row, values.subarray(i * rowLength, (i + 1) * rowLength)));
    },
    async read(rows) {
      const all = new Float32Array(rows.length * rowLength);
      rows.forEach((row, i) => all.set(held.get(row) ?? missing(row), i * rowLength));
      return all;
    },
    async dispose() {
      held.clear();
    },
  };
}

/** @throws Error where the file can't be made; later, where the disk is full. */
export async function rowsInFile(rowLength: number, folder = tmpdir()): Promise<RowStore> {
  const path = join(folder, `transfer-lab-${process.pid}-${randomUUID()}.rows`);
  const file = await open(path, "wx+", 0o600);
  // Nameless from here on, the file vanishes with the process, however that ends. Where a system can't do it, it
  // is removed at the end.
  await rm(path, { force: true }).catch(() => undefined);
  const places = new Map<number, number>(); // by row; rows are stored in the order in which they come
  return {
    has: (row) => places.has(row),
    async write(rows, values) {
      const first = places.size;
      await writeAll(file, bytesOf(values, rows.length * rowLength), first * rowLength * 4);
      rows.forEach((row, i) => places.set(row, first + i));
    },
    async read(rows) {
      const all = new Float32Array(rows.length * rowLength);
      const bytes = bytesOf(all, all.length);
      for (let i = 0; i < rows.length; i++) {
        const place = places.get(rows[i]) ?? missing(rows[i]);
        await readAll(
          file,
          bytes.subarray(i * rowLength * 4, (i + 1) * rowLength * 4),
          place * rowLength * 4,
        );
      }
      return all;
    },
    async dispose() {
      places.clear();
      await file.close();
      await rm(path, { force: true });
    },
  };
}

function missing(row: number): never {
  throw new Error(`Cannot read row ${row}: it was never written.`);
}

function bytesOf(values: Float32Array, length: number): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, length * 4);
}

/** The system may take fewer bytes than it is given. */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

async function readAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new Error("Cannot read a row: its temporary file was cut short.");
    done += bytesRead;
  }
}
