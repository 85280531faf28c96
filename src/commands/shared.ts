/** What the commands have in common. */
import { InvalidArgumentError, Option } from "commander";
import { FITS } from "../helpers";

/** Prints a result to stdout: as one JSON object, or in words. */
export function print(json: boolean | undefined, value: object, describe: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : describe()}\n`);
}

/** Ctrl-C ends the work between two batches; a second one ends the program. */
export function stopOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It has to be a whole number.");
  return Number(text);
}

export function wholeNumbers(text: string): number[] {
  return names(text).map(wholeNumber);
}

export function names(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}

/** How pictures come into the shape that a network takes. */
export function fitOption(): Option {
  return new Option("--fit <how>", "how pictures of other proportions are fitted; crop").choices(FITS);
}
