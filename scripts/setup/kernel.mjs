// The kernel spec inside .venv: how Jupyter starts tslab of this checkout.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { kernelFolder, modules, venv } from "./paths.mjs";

// Threads and log level are not set here: a kernel spec overrides what the person chose, whereas the package only
// sets what is unset.
const kernel = {
  argv: [
    process.execPath,
    "--disable-warning=DEP0040", // libraries below still use what Node deprecates
    "--disable-warning=DEP0051",
    join(modules, "tslab", "bin", "tslab"),
    "kernel",
    "--config-path",
    "{connection_file}",
  ],
  display_name: "TypeScript",
  language: "typescript",
};

const news = { "@jupyterlab/apputils-extension:announcements": true };
const page = { disabledExtensions: news, lockedExtensions: news }; // JupyterLab would add the second itself

// Widgets are saved with the notebook, so that a page without a kernel draws them too.
const settings = { "@jupyter-widgets/jupyterlab-manager:plugin": { saveState: true } };
const labconfig = join(venv, "etc", "jupyter", "labconfig");

const files = {
  [join(kernelFolder, "kernel.json")]: kernel,
  // No question about news at the first start, and no look-up of it on the network.
  [join(labconfig, "page_config.json")]: page,
  [join(labconfig, "default_setting_overrides.json")]: settings,
};
const text = (value) => `${JSON.stringify(value, null, 2)}\n`;

function parsed(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

export function kernelIsInstalled() {
  return Object.entries(files).every(
    ([path, value]) => existsSync(path) && text(parsed(path)) === text(value), // JupyterLab rewrites its file
  );
}

export async function installKernel() {
  for (const [path, value] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, text(value));
    renameSync(`${path}.new`, path);
  }
  return "TypeScript (tslab)";
}
