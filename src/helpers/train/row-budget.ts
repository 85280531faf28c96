/** Where computed features may be kept: how much memory and how much disk they may take. */
import { statfs } from "node:fs/promises";
import { freemem, tmpdir } from "node:os";
import { report } from "../report";
import { rowsInFile, rowsInMemory, type RowStore } from "./row-store";

/** What may be taken, in MB (10⁶ bytes). */
export interface RowBudget {
  /** Of memory; by default 1,000, but no more than a quarter of what is free. */
  memoryMB?: number;
  /** Of disk, in the system's folder for temporary files; by default half of what is free there, up to 16,000. */
  diskMB?: number;
}

const MB = 1e6;

/** A place for all the rows: memory where they fit, else a temporary file; undefined where neither has room.
 * @param speak Whether to tell the reader, in one line, of anything but memory.
 * @returns The caller disposes it. */
export async function placeRows(
  rows: number,
  rowLength: number,
  { memoryMB, diskMB }: RowBudget,
  speak: boolean,
): Promise<RowStore | undefined> {
  const say = (message: string): void => (speak ? report(message) : undefined);
  const neededMB = (rows * rowLength * 4) / MB;
  const memory = memoryMB ?? Math.min(1000, freemem() / 4 / MB);
  if (neededMB <= memory) return rowsInMemory(rowLength);
  const needs = `What the frozen layers make of the examples takes ${inMB(neededMB)}`;
  const disk = diskMB ?? Math.min(16_000, (await freeDiskMB()) / 2);
  if (neededMB <= disk)
    try {
      const store = await rowsInFile(rowLength);
      say(`${needs}, more than the ${inMB(memory)} of memory for it: it is kept in a temporary file.`);
      return store;
    } catch {
      say(`${needs}, and no temporary file can be made for it: it is computed anew in every epoch.`);
      return undefined;
    }
  say(
    `${needs}, more than the ${inMB(memory)} of memory and the ${inMB(disk)} of disk for it: it is computed anew in every epoch.`,
  );
  return undefined;
}

async function freeDiskMB(): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(tmpdir());
    return (bavail * bsize) / MB;
  } catch {
    return 0;
  }
}

function inMB(amount: number): string {
  return `${amount < 10 ? Number(amount.toPrecision(2)) : Math.round(amount).toLocaleString("en-US")} MB`;
}
