/** Shows an error of somebody's handler, with the part of its stack that is theirs.
 * @param file The file that called the handler; what lies under it says nothing to the reader. */
export function showError(error: unknown, file: string): void {
  if (!(error instanceof Error) || !error.stack || error.cause) return console.error(error);
  const lines = error.stack.split("\n");
  const end = lines.findIndex((line) => line.includes(file));
  console.error(lines.slice(0, end < 0 ? undefined : end).join("\n"));
}
