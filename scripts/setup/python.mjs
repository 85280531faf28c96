// The .venv with JupyterLab, anywidget, nbclient and nbformat, pinned with checksums.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { python, requirements, venv } from "./paths.mjs";
import { downloadRemedy, mustRun } from "./run.mjs";
import { findPython } from "./tools.mjs";

const stampFile = join(venv, "transfer-lab.txt");

/** What a finished .venv was made of. Its scripts name their own folder, so a moved checkout makes a new one. */
function stamp() {
  return `${createHash("sha256").update(readFileSync(requirements)).digest("hex")} ${venv}`;
}

export function pythonIsReady() {
  return existsSync(python) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp();
}

/** The environment for Python, without what would make it look or install elsewhere. */
export function pythonEnv(env = process.env) {
  const clean = { ...env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1", PIP_USER: "0" };
  for (const name of ["PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"])
    delete clean[name];
  return clean;
}

/** How long pip waits for a silent network, and how often it tries again. */
export const pipPatience = ["--timeout", "30", "--retries", "2"];

export async function makePython(note) {
  const { command } = await findPython();
  await mustRun("The Python environment .venv could not be made.", command, ["-m", "venv", "--clear", venv], {
    env: pythonEnv(),
    timeoutMs: 5 * 60_000,
    remedy:
      "Install Python's venv module (on Debian and Ubuntu: python3-venv), see that the disk is not full, and run the command again.",
  });
  const args = ["-m", "pip", "install", "--require-hashes", "--prefer-binary", "-r", requirements];
  await mustRun("pip could not install JupyterLab and what it needs.", python, [...args, ...pipPatience], {
    env: pythonEnv(),
    timeoutMs: 20 * 60_000,
    onLine: note,
    remedy: downloadRemedy(
      "PyPI",
      "Read the reason above, remove the folder .venv and run the command again.",
    ),
  });
  writeFileSync(stampFile, stamp());
  return "JupyterLab, anywidget, nbclient and nbformat installed";
}
