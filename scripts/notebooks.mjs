// Runs the notebooks headless, as regression tests: each in a kernel of its own, strictly.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, freemem, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compareFigures, writeFigures } from "./notebooks/golden.mjs";
import { judge } from "./notebooks/strict.mjs";
import { writeWhole } from "./notebooks/write-whole.mjs";
import { jupyterEnv } from "./setup/jupyter.mjs";
import { python, root } from "./setup/paths.mjs";

const USAGE = `npm run notebooks -- [NAME …] [options]
  NAME         a notebook's number or name; all where none is given
  --real       use real data (default where MNIST and CIFAR-10 are at hand)
  --offline    use only what the project draws itself
  --write      save outputs (of real data) and the figures on record
  --timeout S  seconds that one notebook may take (default 2400)
  --dir D      where the notebooks are (default notebooks)
  --golden D   where the figures on record are (default test/golden)`;

const GIGABYTES_EACH = 3;

const { values: options, positionals } = parse();
const folder = resolve(root, options.dir);
const golden = resolve(root, options.golden);
const profile = options.real ? "real" : options.offline ? "offline" : dataAtHand() ? "real" : "offline";
const chosen = choose(positionals);
const workers = Math.max(
  1,
  Math.min(chosen.length, availableParallelism(), Math.floor(freemem() / 2 ** 30 / GIGABYTES_EACH)),
);
const threads = Math.max(1, Math.floor(availableParallelism() / workers));
const scratch = mkdtempSync(join(tmpdir(), "transfer-lab-notebooks-"));
const running = new Set(); // processes that must not outlive this one: runners and their kernels
const where = new Map(); // notebook → "cell 3 of 9"

for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => {
    const stop = () => {
      for (const pid of running) tryToKill(pid);
      rmSync(scratch, { recursive: true, force: true });
      process.exit(130);
    };
    setTimeout(stop, 300); // a kernel that is just starting has to make itself known first
  });

function tryToKill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function parse() {
  try {
    const flag = { type: "boolean", default: false };
    const text = (value) => ({ type: "string", default: value });
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        real: flag,
        offline: flag,
        write: flag,
        help: flag,
        timeout: text("2400"),
        dir: text("notebooks"),
        golden: text(join("test", "golden")),
      },
    });
    if (parsed.values.help) quit(USAGE, 0);
    if (parsed.values.real && parsed.values.offline) quit(`Say --real or --offline, not both.\n${USAGE}`, 2);
    if (!(Number(parsed.values.timeout) > 0))
      quit(`--timeout takes seconds. Received: ${parsed.values.timeout}.`, 2);
    return parsed;
  } catch (error) {
    return quit(`${error.message}\n${USAGE}`, 2);
  }
}

function quit(message, status) {
  (status === 0 ? console.log : console.error)(message);
  process.exit(status);
}

/** Whether MNIST and CIFAR-10 can be had without the network. */
function dataAtHand() {
  const names = (place) => (existsSync(place) ? readdirSync(place) : []);
  const mirror = process.env.TRANSFER_LAB_MIRROR ?? "";
  const held = [...names(mirror), ...names(process.env.TRANSFER_LAB_CACHE ?? join(root, "data", "cache"))];
  const holds = (set) => held.some((name) => name === set || name.startsWith(`${set}.`));
  return /^https?:/.test(mirror) || ["mnist", "cifar10"].every(holds);
}

function choose(names) {
  const all = readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .sort();
  const unknown = names.find((name) => !all.some((file) => file.startsWith(name)));
  if (unknown) quit(`There is no notebook "${unknown}": there are ${all.join(", ")}.`, 2);
  const found = names.length === 0 ? all : all.filter((file) => names.some((name) => file.startsWith(name)));
  if (found.length === 0) quit(`There are no notebooks in ${folder}.`, 2);
  return found;
}

/** Runs one notebook; its report is undefined where the runner itself failed. */
function execute(file) {
  const result = join(scratch, `${basename(file, ".ipynb")}.json`);
  const env = jupyterEnv({
    ...process.env,
    TRANSFER_LAB_PROFILE: profile,
    TRANSFER_LAB_HEADLESS: "1",
    OMP_NUM_THREADS: String(threads),
    TF_NUM_INTRAOP_THREADS: String(threads),
    PYTHONUTF8: "1",
  });
  const args = [
    join(root, "scripts", "notebooks", "execute.py"),
    join(folder, file),
    result,
    options.timeout,
  ];
  return new Promise((done) => {
    const child = spawn(python, args, { env, detached: true, stdio: ["ignore", "ignore", "pipe"] });
    running.add(child.pid);
    let kernel;
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      const started = text.match(/kernel (\d+)/)?.[1];
      if (started) running.add((kernel = Number(started)));
      const cell = text.match(/cell \d+ of \d+/g)?.at(-1);
      if (cell) showWhere(file, cell);
      errors += text.replaceAll(/(cell \d+ of|kernel) \d+\n/g, "");
    });
    child.on("error", (error) => (errors += error.message));
    child.on("close", () => {
      running.delete(child.pid);
      running.delete(kernel);
      showWhere(file);
      done(
        existsSync(result) ? { report: JSON.parse(readFileSync(result, "utf8")) } : { errors: errors.trim() },
      );
    });
  });
}

/** On a terminal: which notebook is where. */
function showWhere(file, cell) {
  if (cell) where.set(file, cell);
  else where.delete(file);
  if (!process.stderr.isTTY) return;
  const line = Array.from(where, ([name, at]) => `${name.slice(0, 2)}: ${at}`).join("   ");
  process.stderr.write(`\r\x1b[2K${line}`);
}

async function runOne(file) {
  const { report, errors } = await execute(file);
  if (!report) return print(file, [{ cell: 0, message: `the runner failed: ${errors}` }], "");
  const verdict = await judge(report);
  const record = join(golden, file.replace(/\.ipynb$/, ".json"));
  const sound = verdict.failures.length === 0;
  if (sound && options.write) {
    writeFigures(record, profile, verdict.figures);
    if (profile === "real") writeWhole(join(folder, file), report.text);
  }
  const failures = [...verdict.failures, ...(sound ? compareFigures(record, profile, verdict.figures) : [])];
  const facts = [
    `${report.seconds.toFixed(0)} s`,
    `${report.cells.length} cells`,
    `${verdict.checks.filter(({ passed }) => passed).length} checks passed`,
    `${verdict.figures.length} figures compared`,
    ...(verdict.memory ? [`${verdict.memory.peakMB} MB`] : []),
  ];
  return print(file, failures, facts.join(", "));
}

function print(file, failures, facts) {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
  console.log(`${failures.length === 0 ? "✓" : "✗"} ${file}${facts ? `: ${facts}` : ""}`);
  for (const { cell, message } of failures) console.log(`  ${cell > 0 ? `cell ${cell}: ` : ""}${message}`);
  return failures.length === 0;
}

const { status } = await main();
process.exit(status);

async function main() {
  console.log(`${chosen.length} notebooks, ${profile} data, ${workers} at a time`);
  const queue = [...chosen].reverse(); // the later ones take longer
  const verdicts = [];
  const work = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) verdicts.push(await runOne(file));
  };
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const failed = verdicts.filter((passed) => !passed).length;
  console.log(`Notebooks: ${verdicts.length - failed} passed, ${failed} failed`);
  return { status: failed === 0 ? 0 : 1 };
}
