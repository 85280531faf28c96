import { readableError } from "./cell-errors";

/** Shows an error of somebody's handler as one that ends a cell is shown; where no cell is in its stack, with the part
 * that is theirs.
 * @param file The file that called the handler; what lies under it says nothing to the reader. */
export function showError(error: unknown, file: string): void {
  const text = error instanceof Error ? readableError(error) : undefined;
  if (text !== undefined) return console.error(text);
  if (!(error instanceof Error) || !error.stack || error.cause) return console.error(error);
  const lines = error.stack.split("\n");
  const end = lines.findIndex((line) => line.includes(file));
  console.error(lines.slice(0, end < 0 ? undefined : end).join("\n"));
}
