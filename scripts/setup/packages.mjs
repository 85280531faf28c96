// The npm packages, exactly those of package-lock.json.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { modules, root } from "./paths.mjs";
import { downloadRemedy, mustRun } from "./run.mjs";

const read = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Whether node_modules holds what the lock file asks for; npm notes what it installed in a file of its own. */
export function packagesAreInstalled() {
  try {
    const wanted = read(join(root, "package-lock.json")).packages;
    const installed = read(join(modules, ".package-lock.json")).packages;
    const { dependencies, devDependencies } = read(join(root, "package.json"));
    const asked = JSON.stringify([dependencies, devDependencies]);
    if (asked !== JSON.stringify([wanted[""].dependencies, wanted[""].devDependencies])) return false;
    return Object.entries(wanted).every(([path, { version, optional, link }]) => {
      if (!path.startsWith("node_modules/")) return true;
      if (!installed[path]) return optional === true; // made for another system
      return (link || installed[path].version === version) && existsSync(join(root, path));
    });
  } catch {
    return false; // no node_modules, or npm stopped half-way
  }
}

/** npm itself: the one that runs this script, else the one beside Node. */
function npmCommand() {
  const own = process.env.npm_execpath;
  const beside = join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
  const bundled = join(dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js");
  const script = [own, beside, bundled].find(
    (path) => path && basename(path) === "npm-cli.js" && existsSync(path),
  );
  return script ? [process.execPath, script] : ["npm"];
}

export async function installPackages(note) {
  const [command, ...first] = npmCommand();
  const args = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const patience = ["--fetch-timeout=60000", "--fetch-retries=2", "--fetch-retry-maxtimeout=10000"];
  await mustRun('"npm ci" could not install the npm packages.', command, [...first, ...args, ...patience], {
    cwd: root,
    timeoutMs: 20 * 60_000,
    onLine: note,
    remedy: downloadRemedy(
      "the npm registry",
      "Read the reason above; if package.json and package-lock.json disagree, run npm install --ignore-scripts.",
    ),
  });
  return `${Object.keys(read(join(modules, ".package-lock.json")).packages).length} installed`;
}
