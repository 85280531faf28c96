/** Runs Python of the checkout's own environment, beside Jupyter's kernels. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { load } from "../../scripts/load";

export const ROOT = resolve(__dirname, "../../..");
export const PYTHON = join(ROOT, ".venv", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

/** Why tests that need Jupyter are skipped; false where they are not. */
export const noJupyter = existsSync(PYTHON) ? false : "needs the .venv that npm run setup makes";

/** The environment of the checkout's Jupyter. */
export async function jupyterEnv(): Promise<NodeJS.ProcessEnv> {
  return (await load<{ jupyterEnv(): NodeJS.ProcessEnv }>("setup/jupyter.mjs")).jupyterEnv();
}

/** Runs a script of this folder, or code after "-c", and returns the JSON that it prints. */
export async function python<Result>(script: string, ...args: string[]): Promise<Result> {
  const what = script === "-c" ? ["-c"] : [join(__dirname, script)];
  const { stdout } = await promisify(execFile)(PYTHON, [...what, ...args], {
    env: await jupyterEnv(),
    timeout: 180_000,
  });
  return JSON.parse(stdout) as Result;
}
