// npm run bench: set-up, the peers in a Python environment of their own, then the benchmark.
// Standard output is the benchmark's alone: what set-up says goes to standard error.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { makePeers, peersPython } from "./setup/peers.mjs";
import { root } from "./setup/paths.mjs";

const args = process.argv.slice(2);
const asks = (name) => args.some((arg) => arg === name || arg.startsWith(`${name}=`));

const quietly = { cwd: root, stdio: ["ignore", process.stderr.fd, process.stderr.fd] };
const { status } = spawnSync(process.execPath, [join("scripts", "setup.mjs")], quietly);
if (status !== 0) process.exit(status ?? 1);

const needsPeers = !["--python", "--no-peers", "--from", "--help"].some(asks);
const python =
  needsPeers && (await makePeers((line) => console.error(line))) ? [`--python=${peersPython}`] : [];
const run = spawnSync(process.execPath, ["--import", "tsx", join("bench", "index.ts"), ...python, ...args], {
  cwd: root,
  stdio: "inherit",
});
process.exit(run.status ?? 1);
