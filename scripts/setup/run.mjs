// Runs other programs, and says in one message what failed, why, and what to do.
import { spawn } from "node:child_process";
import { setTimeout as after } from "node:timers";

/** A failure that the person can do something about. */
export class SetupError extends Error {
  /** @param failed What failed. @param why The reason, e.g. the tail of a tool's output. @param remedy What to do. */
  constructor(failed, why, remedy) {
    super(`${failed}\n${why}\n${remedy}`);
    Object.assign(this, { failed, why, remedy });
  }
}

const tailLines = 15;

// Stack traces and what pip says about packages that other systems need.
const noise = /^\s*$|^(npm error)?\s+at |^Ignoring \S+ markers|^npm error\s*[{}]?$/;

/** The last lines of a program's output that say something, of bars that redraw themselves the last state. */
export function tail(output, lines = tailLines) {
  return output
    .split("\n")
    .map((line) => line.slice(line.lastIndexOf("\r", line.length - 2) + 1).trimEnd())
    .filter((line) => !noise.test(line))
    .slice(-lines)
    .join("\n");
}

const networkTrouble =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EIDLETIMEOUT|ERR_SOCKET_TIMEOUT|fetch failed|connection refused|timed? ?out|name resolution|NewConnectionError|ConnectTimeout|Max retries|ProxyError|getaddrinfo|network is unreachable/i;

/** Whether a program's output speaks of a network that is missing or hangs. */
export function isNetworkTrouble(output) {
  return networkTrouble.test(output);
}

/** Runs a program to its end and returns what it wrote (standard output and error together).
 * @param options `cwd`, `env`; `timeoutMs`, after which it is stopped; `onLine`, called with each line.
 * @throws An Error with `output`, and `timedOut` or `missing` where that is the reason. */
export function run(command, args, { cwd, env = process.env, timeoutMs, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    let output = "";
    let timer;
    const fail = (message, details) => {
      clearTimeout(timer);
      reject(Object.assign(new Error(message), { output, ...details }));
    };
    const hear = (chunk) => {
      output += chunk;
      if (onLine) onLine(tail(output.slice(-2000), 1));
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    if (timeoutMs)
      timer = after(() => {
        child.kill();
        after(() => child.kill("SIGKILL"), 5000).unref();
        fail(`${command} had not finished after ${Math.round(timeoutMs / 1000)} s and was stopped.`, {
          timedOut: true,
        });
      }, timeoutMs);
    child.on("error", (error) => fail(error.message, { missing: error.code === "ENOENT" }));
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      if (status === 0) resolve(output);
      else fail(`${command} ended with ${signal ?? `exit code ${status}`}.`, {});
    });
  });
}

/** Runs a program whose failure ends set-up with one message.
 * @param failed What has failed then. @param remedy What to do; a function of the error, or a text. */
export async function mustRun(failed, command, args, { remedy, ...options }) {
  try {
    return await run(command, args, options);
  } catch (error) {
    const why = [tail(error.output ?? ""), error.message].filter(Boolean).join("\n");
    throw new SetupError(failed, why, typeof remedy === "function" ? remedy(error) : remedy);
  }
}

/** A remedy for a step that downloads: names the network where that is the trouble. */
export function downloadRemedy(source, otherwise) {
  return (error) =>
    error.timedOut || isNetworkTrouble(error.output ?? "")
      ? `Check that this machine reaches ${source} (a proxy or a mirror is taken from the usual settings), then run the command again: what is done stays done.`
      : otherwise;
}
