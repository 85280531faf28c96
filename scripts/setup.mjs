// Makes a bare checkout ready: npm packages, .venv, the TensorFlow addon, the build, the Jupyter kernel.
// Uses nothing but Node, so that it runs where nothing is installed. Does no work twice.
import { pathToFileURL } from "node:url";
import { addonIsReady, makeAddon } from "./setup/addon.mjs";
import { build, buildIsFresh } from "./setup/build.mjs";
import { installKernel, kernelIsInstalled } from "./setup/kernel.mjs";
import { alone } from "./setup/lock.mjs";
import { installPackages, packagesAreInstalled } from "./setup/packages.mjs";
import { showStep } from "./setup/progress.mjs";
import { makePython, pythonIsReady } from "./setup/python.mjs";
import { SetupError } from "./setup/run.mjs";
import { checkNode, findCompiler, findPython } from "./setup/tools.mjs";

const steps = [
  { name: "npm packages", isDone: packagesAreInstalled, work: installPackages },
  { name: "Python packages", isDone: pythonIsReady, work: makePython },
  { name: "TensorFlow addon", isDone: addonIsReady, work: makeAddon },
  { name: "Jupyter kernel", isDone: kernelIsInstalled, work: installKernel },
  { name: "build", isDone: buildIsFresh, work: build },
];
const total = steps.length + 1;

/** Looks for what the later steps need before any of them has taken its time. */
async function checkTools() {
  const found = [`Node.js ${process.versions.node}`];
  if (!pythonIsReady()) found.push(`Python ${(await findPython()).version}`);
  if (!addonIsReady()) found.push((await findCompiler())?.version ?? "no C++ compiler");
  return found.join(", ");
}

/** Does what is not done yet; with `quiet`, says nothing where everything is.
 * @throws SetupError */
export async function setup({ quiet = false } = {}) {
  const start = performance.now();
  checkNode();
  if (steps.some(({ isDone }) => !isDone()))
    await alone(async () => {
      await showStep(`[1/${total}] tools`, checkTools);
      for (const [index, { name, isDone, work }] of steps.entries())
        if (!isDone()) await showStep(`[${index + 2}/${total}] ${name}`, work);
    });
  else if (quiet) return;
  console.log(`Set-up is complete (${((performance.now() - start) / 1000).toFixed(1)} s).`);
}

/** Runs set-up and ends the process with one message where a step fails. */
export async function setupOrExit(options) {
  try {
    await setup(options);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const indent = (text) => text.replaceAll("\n", "\n    ");
    console.error(`
✗ ${error.failed}
  Why:        ${indent(error.why)}
  What to do: ${indent(error.remedy)}`);
    process.exit(1);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await setupOrExit();
