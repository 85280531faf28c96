// npm run doctor: for each part its version and whether it works. It changes nothing.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { tryAddon } from "./setup/addon.mjs";
import { buildIsFresh } from "./setup/build.mjs";
import { canvasDraws, vegaDraws } from "./setup/drawing.mjs";
import { jupyterEnv } from "./setup/jupyter.mjs";
import { kernelIsInstalled } from "./setup/kernel.mjs";
import { packagesAreInstalled } from "./setup/packages.mjs";
import { modules, python, root } from "./setup/paths.mjs";
import { pythonIsReady } from "./setup/python.mjs";
import { run, tail } from "./setup/run.mjs";
import { checkNode, findCompiler, findPython } from "./setup/tools.mjs";

const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
const must = (good, trouble) => {
  if (!good) throw new Error(trouble);
};

/** Runs a program that prints "ok". */
async function draws(program) {
  await run(process.execPath, ["--no-deprecation", "-e", program], { cwd: root, timeoutMs: 60_000 });
}

async function jupyter() {
  const names = ["jupyterlab", "nbclient", "nbformat", "anywidget"];
  const program = names.map((name) => `import ${name}; print("${name}", ${name}.__version__)`).join("\n");
  const output = await run(python, ["-c", program], { env: jupyterEnv(), timeoutMs: 60_000 });
  return output.trim().replaceAll("\n", ", ");
}

async function kernel() {
  must(kernelIsInstalled(), "its kernel spec is missing or names another checkout");
  const script = join(root, "scripts", "setup", "ask_kernel.py");
  const output = await run(python, [script], { cwd: root, env: jupyterEnv(), timeoutMs: 150_000 });
  must(output.trim() === "ok 2", `it was asked 1+1 and answered: ${output.trim()}`);
  return `tslab ${version("tslab")}, answers 1+1`;
}

async function addon() {
  const { version: tensorflow, silent } = await tryAddon();
  must(silent, `TensorFlow ${tensorflow} loads, but chatters`);
  return `tfjs-node ${version("@tensorflow/tfjs-node")} on TensorFlow ${tensorflow}, multiplies matrices`;
}

function realData() {
  const mirror = process.env.TRANSFER_LAB_MIRROR;
  const entries = (folder) => (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []);
  const listed = (folder) =>
    entries(folder)
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  const cached = entries(process.env.TRANSFER_LAB_CACHE ?? join(root, "data", "cache"))
    .filter(({ name }) => name.endsWith(".bin"))
    .map(({ name }) => name.slice(0, -".bin".length));
  return [
    cached.length > 0 ? `in the cache: ${cached.join(", ")}` : "nothing in the cache yet",
    mirror ? `mirror ${mirror}: ${listed(mirror).join(", ") || "no folders seen"}` : "no mirror",
  ].join("; ");
}

function threads() {
  const chosen = process.env.OMP_NUM_THREADS;
  return `${availableParallelism()} processors, OMP_NUM_THREADS ${chosen ?? "unset (set to that number when TensorFlow loads)"}`;
}

// `optional` parts are told, not judged.
const parts = [
  { name: "Node.js", check: () => checkNode() },
  {
    name: "Python",
    check: async () => {
      if (!pythonIsReady()) return `${(await findPython()).version}, but .venv is missing or not up to date`;
      return (await run(python, ["--version"], { timeoutMs: 60_000 })).trim().replace("Python ", "");
    },
  },
  {
    name: "C++ compiler",
    optional: true,
    check: async () => (await findCompiler())?.version ?? "none: only needed to build the addon",
  },
  {
    name: "npm packages",
    check: () => {
      must(packagesAreInstalled(), "they are not those of package-lock.json");
      return "as in package-lock.json";
    },
  },
  {
    name: "TypeScript",
    check: async () => {
      const tsc = join(modules, "typescript", "bin", "tsc");
      return (await run(process.execPath, [tsc, "--version"], { timeoutMs: 60_000 })).trim();
    },
  },
  { name: "TensorFlow addon", check: addon },
  { name: "canvas", check: async () => (await draws(canvasDraws), `${version("canvas")}, draws`) },
  {
    name: "vega",
    check: async () => {
      await draws(vegaDraws);
      return `${version("vega")} with vega-lite ${version("vega-lite")}, renders PNG`;
    },
  },
  { name: "Jupyter", check: jupyter },
  { name: "TypeScript kernel", check: kernel },
  {
    name: "build",
    check: () => {
      must(buildIsFresh(), "dist is missing or older than src");
      return `${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version}, up to date`;
    },
  },
  { name: "real data", optional: true, check: realData },
  { name: "threads", optional: true, check: threads },
];

let failures = 0;
for (const { name, optional, check } of parts) {
  let mark = optional ? "–" : "✓";
  let text;
  try {
    text = await check();
  } catch (error) {
    failures++;
    mark = "✗";
    text = error.why ?? [tail(error.output ?? "", 3), error.message].filter(Boolean).join(" | ");
  }
  console.log(`${mark} ${name.padEnd(18)} ${text.replaceAll("\n", " | ")}`);
}
console.log(
  failures === 0 ? "All is well." : `${failures} of ${parts.length} parts do not work: run npm run setup.`,
);
process.exit(failures === 0 ? 0 : 1);
