// npm test: set-up, then format, lint, types, unit tests, notebooks; stops at the first that fails.
// Names of stages choose some of them: npm test -- lint unit
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setupOrExit } from "./setup.mjs";
import { modules, root } from "./setup/paths.mjs";
import { run } from "./setup/run.mjs";

const tool = (...path) => join(modules, ...path);
const script = (name) => join(root, "scripts", name);

const checks = [
  { name: "format", args: [tool("prettier", "bin", "prettier.cjs"), "--check", "."] },
  { name: "lint", args: [tool("eslint", "bin", "eslint.js"), ".", "--max-warnings=0"] },
  { name: "types", args: [tool("typescript", "bin", "tsc"), "-p", join("test", "tsconfig.json")] },
  { name: "cells", args: [script("cell-types.mjs")] },
];
const suites = [
  { name: "unit", args: [script("unit.mjs")] },
  { name: "notebooks", args: [script("notebooks.mjs")] },
];

const names = [...checks, ...suites].map(({ name }) => name);
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`Cannot run the stage "${unknown[0]}": the stages are ${names.join(", ")}.`);
  process.exit(1);
}
const isChosen = ({ name }) => chosen.length === 0 || chosen.includes(name);

const results = []; // { name, seconds, passed }

async function timed({ name, work }) {
  const start = performance.now();
  const passed = await work();
  results.push({ name, passed, seconds: (performance.now() - start) / 1000 });
  return results.at(-1);
}

const describe = ({ name, passed, seconds }) => `${passed ? "✓" : "✗"} ${name} (${seconds.toFixed(1)} s)`;

/** Static checks don't disturb each other, so they run side by side and speak when they are done. */
async function runCheck({ name, args }) {
  let output = "";
  const work = async () => {
    try {
      output = await run(process.execPath, args, { cwd: root });
      return true;
    } catch (error) {
      output = `${error.output}\n${error.message}`;
      return false;
    }
  };
  const result = await timed({ name, work });
  console.log(`\n${describe(result)}\n${output.trim()}`);
}

/** Suites have the machine to themselves and speak while they run. */
async function runSuite({ name, args }) {
  console.log(`\n── ${name} ──`);
  const work = () =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
      child.on("error", () => resolve(false));
      child.on("close", (status) => resolve(status === 0));
    });
  console.log(describe(await timed({ name, work })));
}

function finish() {
  const failed = results.filter(({ passed }) => !passed);
  const skipped = names.length - results.length;
  console.log(`\n${results.map(describe).join("\n")}`);
  console.log(
    `Stages: ${results.length - failed.length} passed, ${failed.length} failed, ${skipped} skipped`,
  );
  process.exit(failed.length === 0 ? 0 : 1);
}

await setupOrExit();
console.log(
  `\n── ${
    checks
      .filter(isChosen)
      .map(({ name }) => name)
      .join(", ") || "no static checks"
  } ──`,
);
await Promise.all(checks.filter(isChosen).map(runCheck));
if (results.some(({ passed }) => !passed)) finish();
for (const suite of suites.filter(isChosen)) {
  await runSuite(suite);
  if (!results.at(-1).passed) break;
}
finish();
