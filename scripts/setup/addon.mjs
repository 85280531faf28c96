// The native addon of tfjs-node. Its own install script downloads an old TensorFlow from a place that many networks
// block, so it is built here against TensorFlow's wheel from PyPI: only two libraries and some headers are taken.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { addon, kept, modules, python, root, tfjsNode } from "./paths.mjs";
import { installPrebuilt } from "./prebuilt.mjs";
import { pipPatience, pythonEnv } from "./python.mjs";
import { downloadRemedy, mustRun, run, SetupError, tail } from "./run.mjs";
import { findCompiler } from "./tools.mjs";

const tensorflow = "2.21.0";

/** One wheel for each system; its Python version doesn't matter, since no Python of it is used. */
const wheels = {
  "linux-x64": {
    project: "tensorflow-cpu",
    platform: "manylinux_2_27_x86_64",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
  },
  "linux-arm64": {
    project: "tensorflow",
    platform: "manylinux_2_27_aarch64",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
  },
  "darwin-arm64": {
    project: "tensorflow",
    platform: "macosx_12_0_arm64",
    sha256: "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
  },
};
const system = `${process.platform}-${process.arch}`;
const mac = process.platform === "darwin";
const libraries = ["tensorflow_cc", "tensorflow_framework"].map((name) =>
  mac ? `lib${name}.2.dylib` : `lib${name}.so.2`,
);
const headers = ["tensorflow/c", "tensorflow/core/platform", "tsl/platform", "xla/tsl/c", "absl"];

const library = join(kept, `tensorflow-${tensorflow}-${system}`);
const quiet = join(root, "scripts", "setup", "quiet.cc");
const stampFile = join(kept, "addon.json");

/** What the built addon is made of, as a short key. */
function key() {
  const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
  const parts = [
    tensorflow,
    system,
    version("@tensorflow/tfjs-node"),
    version("node-api-headers"),
    readFileSync(quiet, "utf8"),
    compileArguments("out").join(" "),
  ];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 12);
}

function compileArguments(output) {
  const libraryFolder = relative(dirname(addon), library);
  return [
    ...["-std=c++17", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-DNAPI_VERSION=8"],
    ...[join(modules, "node-api-headers", "include"), tfjsNode, join(library, "include")].map(
      (dir) => `-I${dir}`,
    ),
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(tfjsNode, "binding", file)),
    ...[quiet, ...libraries.map((name) => join(library, name))],
    // The libraries are found from where the addon lies, so that the checkout can be moved.
    `-Wl,-rpath,${mac ? "@loader_path" : "$ORIGIN"}/${libraryFolder}`,
    ...(mac ? ["-undefined", "dynamic_lookup"] : ["-Wl,-z,initfirst"]),
    ...["-o", output],
  ];
}

/** The addon file as it lies in node_modules: another one, or a changed one, differs. */
function installed() {
  const { size, mtimeMs } = statSync(addon);
  return `${size} ${mtimeMs}`;
}

/** Whether the addon in place is one that this set-up has seen load. */
export function addonIsReady() {
  try {
    const stamp = JSON.parse(readFileSync(stampFile, "utf8"));
    if (stamp.installed !== installed()) return false;
    return stamp.key === undefined || (stamp.key === key() && libraryIsThere());
  } catch {
    return false;
  }
}

function libraryIsThere() {
  return libraries.every((name) => existsSync(join(library, name)));
}

const question = `
const tf = require(${JSON.stringify(tfjsNode)});
const [value] = tf.matMul([[1, 2]], [[3], [4]]).dataSync();
if (value !== 11) throw new Error("a product came out as " + value);
console.log("loaded " + tf.backend().binding.TF_Version);`;

/** Loads the addon in another process and multiplies two matrices.
 * @returns `{ version, silent }`, TensorFlow's version and whether it kept quiet.
 * @throws An Error with the reason. */
export async function tryAddon(env = process.env) {
  if (!existsSync(addon)) throw Object.assign(new Error("it is not there"), { output: "" });
  const args = ["--no-deprecation", "-e", question];
  const output = await run(process.execPath, args, { cwd: root, env, timeoutMs: 120_000 });
  const version = /^loaded (.*)$/m.exec(output)?.[1];
  return { version, silent: output.trim() === `loaded ${version}` };
}

function markReady(madeHere) {
  mkdirSync(kept, { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ installed: installed(), ...(madeHere ? { key: key() } : {}) }));
}

export async function makeAddon(note) {
  const found = await tryAddon().catch(() => undefined);
  const compiler = await findCompiler();
  const canBuild = compiler !== undefined && system in wheels;
  // One that chatters is replaced where that is possible; one that loads is otherwise left alone.
  if (found && (found.silent || !canBuild)) {
    markReady(false);
    return `TensorFlow ${found.version}, already there`;
  }
  if (canBuild) await buildAddon(compiler, note);
  else await installPrebuilt(compiler, note);
  try {
    const { version } = await tryAddon();
    markReady(canBuild);
    return `TensorFlow ${version}`;
  } catch (error) {
    throw new SetupError(
      "The TensorFlow addon was put in place but does not load.",
      [tail(error.output), error.message].filter(Boolean).join("\n"),
      "Remove the folder .setup and run the command again; an operating system older than TensorFlow supports (glibc before 2.27) cannot load it.",
    );
  }
}

async function buildAddon(compiler, note) {
  const built = join(kept, `addon-${key()}.node`);
  if (!libraryIsThere()) await fetchLibrary(note);
  if (!existsSync(built)) {
    note(`building with ${compiler.version}`);
    await mustRun(
      "The TensorFlow addon could not be built.",
      compiler.command,
      compileArguments(`${built}.part`),
      {
        timeoutMs: 10 * 60_000,
        remedy:
          "The compiler has to know C++17 and needs its standard library's headers; set CXX to use another one.",
      },
    );
    renameSync(`${built}.part`, built);
  }
  // A process that has the old file loaded keeps it: the new one takes its name in one step.
  mkdirSync(dirname(addon), { recursive: true });
  copyFileSync(built, `${addon}.part`);
  renameSync(`${addon}.part`, addon);
}

async function fetchLibrary(note) {
  const { project, platform, sha256 } = wheels[system];
  mkdirSync(kept, { recursive: true });
  const { bavail, bsize } = statfsSync(kept);
  if (bavail * bsize < 1.3e9)
    throw new SetupError(
      "TensorFlow's libraries do not fit.",
      `They need 1.3 GB while they are unpacked; ${(Number(bavail * bsize) / 1e9).toFixed(1)} GB are free in ${kept}.`,
      "Free some space and run the command again.",
    );
  const work = join(kept, "download");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  try {
    const wanted = join(work, "wheel.txt");
    writeFileSync(wanted, `${project}==${tensorflow} --hash=sha256:${sha256}\n`);
    note("downloading TensorFlow (200 MB)");
    const what = ["--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--platform", platform];
    await mustRun(
      "TensorFlow's libraries could not be downloaded.",
      python,
      ["-m", "pip", "download", ...what, ...pipPatience, "--require-hashes", "-r", wanted, "-d", work],
      {
        env: pythonEnv(),
        timeoutMs: 30 * 60_000,
        onLine: note,
        remedy: downloadRemedy("PyPI", "Read the reason above and run the command again."),
      },
    );
    note("unpacking");
    const part = join(work, "unpacked");
    const wheel = join(work, `${project.replace("-", "_")}-${tensorflow}-cp311-cp311-${platform}.whl`);
    const members = [...headers.map((name) => `include/${name}/`), ...libraries];
    const script = join(root, "scripts", "setup", "unpack.py");
    await mustRun(
      "TensorFlow's libraries could not be unpacked.",
      python,
      [script, wheel, part, ...members.map((name) => `tensorflow/${name}`)],
      { timeoutMs: 10 * 60_000, remedy: "See that the disk is not full and run the command again." },
    );
    rmSync(library, { recursive: true, force: true });
    renameSync(part, library);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
