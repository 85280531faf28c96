// PyTorch and Keras, which the benchmark compares with: in .bench, apart from what the lab needs.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { pipPatience, pythonEnv } from "./python.mjs";
import { mustRun } from "./run.mjs";
import { findPython } from "./tools.mjs";

const folder = join(root, ".bench");
const requirements = join(root, "bench", "requirements.txt");
const stampFile = join(folder, "transfer-lab.txt");

/** The interpreter that has them. */
export const peersPython = join(
  folder,
  ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
);

function stamp() {
  return `${createHash("sha256").update(readFileSync(requirements)).digest("hex")} ${folder}`;
}

/** PyPI's own builds of PyTorch for Linux come with gigabytes for graphics cards. The authors' builds for the CPU
 * have the same number with "+cpu" behind, and are taken where their index answers. */
const cpuBuilds =
  process.platform === "linux" ? ["--extra-index-url", "https://download.pytorch.org/whl/cpu"] : [];

async function install(extra) {
  const args = ["-m", "pip", "install", "--prefer-binary", "-r", requirements, ...extra, ...pipPatience];
  await mustRun("pip could not install PyTorch and Keras.", peersPython, args, {
    env: pythonEnv(),
    timeoutMs: 30 * 60_000,
    remedy: "",
  });
}

/** Installs them where they aren't yet.
 * @returns Whether they can be had; where not, it has said why. */
export async function makePeers(say) {
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp()) return true;
  say("Installing PyTorch and Keras into .bench (a few minutes, once) …");
  try {
    const { command } = await findPython();
    await mustRun(".bench could not be made.", command, ["-m", "venv", "--clear", folder], {
      env: pythonEnv(),
      timeoutMs: 5 * 60_000,
      remedy: "",
    });
    await install(cpuBuilds).catch((error) => {
      if (cpuBuilds.length === 0) throw error;
      say("The CPU builds cannot be had; PyPI's own are installed.");
      return install([]);
    });
  } catch (error) {
    say(`PyTorch and Keras cannot be had: ${error.failed ?? error.message}\n${error.why ?? ""}`);
    return false;
  }
  writeFileSync(stampFile, stamp());
  return true;
}
