/** Errors that end a cell: their message and the reader's own line, not the stack of everything below it. */
import { join, sep } from "node:path";
import { inspect } from "node:util";
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the object itself, which is changed
import vm = require("node:vm");
import type { RunningCodeOptions } from "node:vm";

/** What tslab wraps a cell in. */
const END = "})(__tslab__.exports, __tslab__.require)";
const PACKAGE = join(__dirname, "../../..") + sep;
const MOST_CELLS = 500;

const cells = new Map<string, string[]>();
let begun = 0;

/** Has cells run under names of their own, and errors read by those names. Called once. */
export function readCellErrors(): void {
  const { runInThisContext } = vm;
  vm.runInThisContext = (code, options) => {
    if (!code.endsWith(END)) return runInThisContext(code, options);
    const filename = `a-cell-${++begun}`;
    cells.set(filename, code.split("\n"));
    if (cells.size > MOST_CELLS) cells.delete(cells.keys().next().value!);
    let result: unknown;
    try {
      result = runInThisContext(code, { ...(options as RunningCodeOptions), filename });
    } catch (error) {
      throw speakingPlainly(error);
    }
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw speakingPlainly(error);
    });
  };
}

/** tslab writes what a cell threw as Node inspects it: the same error, with words of its own for that. */
function speakingPlainly(error: unknown): unknown {
  if (error instanceof Error && Object.isExtensible(error)) {
    const text = readableError(error);
    if (text !== undefined) Object.defineProperty(error, inspect.custom, { value: () => text });
  }
  return error;
}

/** An error in words where it comes from this package and a cell is in its stack; undefined where Node had better write it.
 * Others lose what lies below the cell. */
export function readableError(error: Error): string | undefined {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const lines = [...new Set(frames.flatMap(ownLine))];
  const [, below] = (frames[0] ?? "").split(PACKAGE);
  const isOurs = below !== undefined && !below.startsWith("node_modules");
  if (error.name === "AbortError" && error.message === "Interrupted.")
    return ["Stopped before its end, without a result.", ...lines].join("\n");
  if (lines.length === 0 || (!isOurs && error.cause)) return undefined;
  if (!isOurs) return upToCell(error.stack!);
  return [`${error.name}: ${error.message}`, ...lines].join("\n");
}

/** A stack without what lies below the cell. */
function upToCell(stack: string): string {
  const lines = stack.split("\n");
  return lines.slice(0, lines.findLastIndex((line) => line.includes("a-cell-")) + 1).join("\n");
}

/** The line of a cell that a frame of a stack is in. */
function ownLine(frame: string): string[] {
  const found = /(a-cell-\d+):(\d+):\d+/.exec(frame);
  const text = found && cells.get(found[1])?.[Number(found[2]) - 1]?.trim();
  const plain = text?.replace("exports.tsLastExpr = ", "").replaceAll("exports.", "");
  return text && !text.startsWith(END) && text !== "})();" ? [`    in your line: ${plain}`] : [];
}
