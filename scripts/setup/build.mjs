// Compiles src to dist, when src is newer.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dist, kept, modules, root } from "./paths.mjs";
import { mustRun } from "./run.mjs";

const stampFile = join(kept, "build");
const compiler = join(modules, "typescript", "bin", "tsc");

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** What the build is made of: every source with its size and time, the settings, the compiler. */
function signature() {
  const hash = createHash("sha256");
  for (const file of [
    ...filesOf(join(root, "src")),
    join(root, "tsconfig.json"),
    join(modules, "typescript", "package.json"),
  ]) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

export function buildIsFresh() {
  return (
    existsSync(join(dist, "index.js")) &&
    existsSync(stampFile) &&
    existsSync(compiler) &&
    readFileSync(stampFile, "utf8") === signature()
  );
}

/** Removes what was compiled from sources that are gone. */
function removeStale() {
  for (const file of filesOf(dist)) {
    const source = join(root, "src", file.slice(dist.length + 1));
    const base = source.replace(/(\.d\.ts|\.js|\.js\.map|\.d\.ts\.map)$/, "");
    if (base !== source && !existsSync(`${base}.ts`)) rmSync(file);
  }
}

export async function build() {
  const before = signature(); // a source that changes meanwhile makes the next build run again
  await mustRun("TypeScript could not compile src.", process.execPath, [compiler, "--pretty", "false"], {
    cwd: root,
    timeoutMs: 10 * 60_000,
    remedy: "Correct the places named above and run the command again.",
  });
  removeStale();
  mkdirSync(kept, { recursive: true });
  writeFileSync(stampFile, before);
  return "src compiled to dist";
}
