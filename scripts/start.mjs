// npm start: set-up, then JupyterLab on the notebooks, reachable from this machine only.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setupOrExit } from "./setup.mjs";
import { jupyterEnv } from "./setup/jupyter.mjs";
import { python, root } from "./setup/paths.mjs";

await setupOrExit();

const own = process.argv.slice(2); // npm start -- --no-browser --port 8899
const hasScreen = process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
const args = [
  ...["-m", "jupyterlab"],
  "--ServerApp.ip=127.0.0.1",
  `--ServerApp.root_dir=${join(root, "notebooks")}`,
  "--MappingKernelManager.default_kernel_name=tslab",
  "--KernelSpecManager.allowed_kernelspecs=tslab",
  "--KernelSpecManager.ensure_native_kernel=False",
  "--LabApp.extension_manager=readonly", // nothing asks the network for extensions
  ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
  ...(process.env.CI || !hasScreen ? ["--no-browser"] : []),
  ...own,
];
const jupyter = spawn(python, args, { cwd: root, env: jupyterEnv(), stdio: "inherit" });
// Ctrl-C reaches Jupyter from the terminal, and it asks before it stops; other signals are passed on.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => jupyter.kill(signal));
jupyter.on("close", (status, signal) => process.exit(signal ? 1 : status));
