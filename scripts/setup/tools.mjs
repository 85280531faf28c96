// The three tools that must be on the machine: Node, Python, a C++ compiler.
import { run, SetupError, tail } from "./run.mjs";

/** @throws SetupError where this Node is not one that tfjs-node runs on. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major > 22 || major < 20 || (major === 20 && minor < 19))
    throw new SetupError(
      "This version of Node.js cannot run the project.",
      `Node.js ${version} was found; versions 20.19 to 22 work (TensorFlow.js's addon fails on 23 and later).`,
      'Switch to one of them, for example with "nvm install 22", and run the command again.',
    );
  return version;
}

const question = "import sys, venv, ensurepip; print('%d.%d.%d' % sys.version_info[:3])";

/** The first Python on the machine that is new enough, as `{ command, version }`.
 * @throws SetupError which says what was found instead. */
export async function findPython() {
  const windows = process.platform === "win32";
  const numbered = [13, 12, 11, 10].map((minor) => `python3.${minor}`);
  const commands = [process.env.PYTHON, ...(windows ? ["python", "py"] : ["python3", "python", ...numbered])];
  const seen = [];
  for (const command of commands.filter(Boolean)) {
    try {
      const version = tail(await run(command, ["-c", question], { timeoutMs: 20_000 }), 1);
      const [major, minor] = version.split(".").map(Number);
      if (major === 3 && minor >= 10) return { command, version };
      seen.push(`${command} is Python ${version}.`);
    } catch (error) {
      if (!error.missing) seen.push(`${command}: ${tail(error.output, 1) || error.message}`);
    }
  }
  throw new SetupError(
    "No usable Python was found.",
    seen.join("\n") || `None of these commands exists: ${commands.filter(Boolean).join(", ")}.`,
    "Install Python 3.10 or later with its venv module (on Debian and Ubuntu: python3 and python3-venv), or name one in the variable PYTHON, and run the command again.",
  );
}

/** The C++ compiler, as `{ command, version }`; undefined where there is none. */
export async function findCompiler() {
  for (const command of [process.env.CXX, "c++", "g++", "clang++"].filter(Boolean)) {
    try {
      const version = await run(command, ["--version"], { timeoutMs: 20_000 });
      return { command, version: version.split("\n")[0].trim() };
    } catch {
      // The next one may be there.
    }
  }
  return undefined;
}
