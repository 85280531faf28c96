// The native addon of tfjs-node. Its own install script downloads an old TensorFlow from a place that many networks
// block, so it is built here against TensorFlow's wheel from PyPI: only two libraries and some headers are taken.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { addon, kept, modules, root, tfjsNode } from "./paths.mjs";
import { installPrebuilt } from "./prebuilt.mjs";
import { mustRun, run, SetupError, tail } from "./run.mjs";
import * as tensorflow from "./tensorflow.mjs";
import { findCompiler } from "./tools.mjs";

const { fetchLibrary, libraries, library, libraryIsThere, system } = tensorflow;
const mac = process.platform === "darwin";
const quiet = join(root, "scripts", "setup", "quiet.cc");
const stampFile = join(kept, "addon.json");

/** What the built addon is made of, as a short key. */
function key() {
  const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
  const parts = [
    tensorflow.version,
    system,
    version("@tensorflow/tfjs-node"),
    version("node-api-headers"),
    readFileSync(quiet, "utf8"),
    compileArguments("out").join(" ").replaceAll(root, "."),
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

/** What this set-up noted of the addon in place; undefined where it has not seen that one load. */
function stamp() {
  try {
    const noted = JSON.parse(readFileSync(stampFile, "utf8"));
    return noted.installed === installed() ? noted : undefined;
  } catch {
    return undefined;
  }
}

const isOutdated = (noted) => noted.key !== undefined && noted.key !== key();

/** Whether the addon in place is one that this set-up has seen load, and made of what it would be made of now. */
export function addonIsReady() {
  const noted = stamp();
  if (!noted || !existsSync(join(modules, "node-api-headers")) || isOutdated(noted)) return false;
  return noted.key === undefined || libraryIsThere();
}

const question = `
const tf = require(${JSON.stringify(tfjsNode)});
const [value] = tf.matMul([[1, 2]], [[3], [4]]).dataSync();
if (value !== 11) throw new Error("a product came out as " + value);
console.log("loaded " + tf.backend().binding.TF_Version);`;

/** Loads the addon in another process and multiplies two matrices.
 * @returns `{ version, silent }`, TensorFlow's version and whether it kept quiet.
 * @throws An Error with the reason. */
export async function tryAddon() {
  if (!existsSync(addon)) throw Object.assign(new Error("it is not there"), { output: "" });
  const args = ["--no-deprecation", "-e", question];
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" }; // as the package sets it
  const output = await run(process.execPath, args, { cwd: root, env, timeoutMs: 120_000 });
  const version = /^loaded (.*)$/m.exec(output)?.[1];
  return { version, silent: output.trim() === `loaded ${version}` };
}

function markReady(madeHere) {
  mkdirSync(kept, { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ installed: installed(), ...(madeHere ? { key: key() } : {}) }));
}

export async function makeAddon(note) {
  const noted = stamp();
  const found = noted && isOutdated(noted) ? undefined : await tryAddon().catch(() => undefined);
  const compiler = await findCompiler();
  const canBuild = compiler !== undefined && system in tensorflow.wheels;
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
