// The ready-made addon of tfjs-node's authors, for machines where it cannot be built.
import { join } from "node:path";
import { modules, tfjsNode } from "./paths.mjs";
import { mustRun, SetupError } from "./run.mjs";

const host =
  process.env.TFJS_NODE_CDN_STORAGE ?? process.env.CDN_STORAGE ?? "https://storage.googleapis.com/";

const compilerAdvice =
  process.platform === "win32"
    ? "Let this machine reach that address"
    : process.platform === "darwin"
      ? "Install Apple's command line tools (xcode-select --install), with which it is built here"
      : "Install a C++ compiler (on Debian and Ubuntu: g++), with which it is built here";

/** Runs the install script of tfjs-node.
 * @param compiler The compiler found, if any, only for the message. */
export async function installPrebuilt(compiler, note) {
  const failed = compiler
    ? `The TensorFlow addon can't be built on ${process.platform} ${process.arch}, and the ready-made one can't be had.`
    : "There is no C++ compiler to build the TensorFlow addon with, and the ready-made one can't be had.";
  const remedy = `${compilerAdvice}, or download on a network that reaches ${host}; then run the command again.`;
  note(`downloading from ${host}`);
  await checkHost(failed, remedy);
  const path = [join(modules, ".bin"), process.env.PATH].join(process.platform === "win32" ? ";" : ":");
  await mustRun(failed, process.execPath, [join(tfjsNode, "scripts", "install.js")], {
    cwd: tfjsNode,
    env: { ...process.env, PATH: path },
    timeoutMs: 15 * 60_000,
    onLine: note,
    remedy,
  });
}

/** The install script waits for a silent network for ever, so the network is tried first. */
async function checkHost(failed, remedy) {
  if (process.env.HTTPS_PROXY ?? process.env.https_proxy) return; // only the script itself goes through it
  try {
    await fetch(host, { method: "HEAD", signal: globalThis.AbortSignal.timeout(20_000) });
  } catch (error) {
    const reason = error.cause?.message ?? error.message;
    throw new SetupError(failed, `${host} does not answer: ${reason}`, remedy);
  }
}
