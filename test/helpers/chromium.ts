/** A real browser for tests of pages, where there is one. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The path of Chromium: what `CHROMIUM` says, else the first of its names on the PATH; undefined without one. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env.CHROMIUM, ...places].find((path) => path && isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts it without a window, without its sandbox, which containers don't allow, and without services of its own. */
export function startChromium(executablePath: string): Promise<Browser> {
  const quiet = ["background-networking", "component-update", "gpu", "quic", "sync"];
  const args = ["--no-sandbox", "--no-first-run", ...quiet.map((name) => `--disable-${name}`)];
  return chromium.launch({ executablePath, args });
}
