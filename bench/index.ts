/** How fast this package is, beside stock TensorFlow.js, PyTorch and Keras, alternating in one run.
 *
 *     npm run bench -- --help
 *
 * Every contender is a process of its own. They take turns, what counts is the median over the rounds, and before
 * a time is believed all must have reached the same with the same images. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Case } from "./cases";
import { describeMachine, describeVersions } from "./machine";
import { HELP, readOptions, type Options } from "./options";
import { drawChart } from "./output/chart";
import { consoleTable } from "./output/console";
import { markdownTable, replaceTable } from "./output/markdown";
import type { Report } from "./output/report";
import { race } from "./race/race";
import { ratiosOf, rowsOf } from "./race/results";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** @throws Error with what the program said. */
function mustRun(program: string, args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}: ${stderr.trim().slice(-2000)}`);
}

/** Images, networks and parameters for all. */
function prepare(folder: string, python: string | undefined): void {
  mustRun(process.execPath, ["--import", "tsx", join(__dirname, "prepare.ts"), folder]);
  if (python)
    for (const kind of ["keras", "torch"])
      try {
        mustRun(python, [join(__dirname, "start", "save.py"), folder, kind]);
      } catch (error) {
        say(`${kind} cannot be had: ${(error as Error).message}`);
      }
}

async function measure(options: Options, folder: string): Promise<Report> {
  const report: Report = { ratios: {}, rows: [], machine: describeMachine(), versions: {} };
  for (const cores of options.cores)
    for (const one of options.cases) {
      await measureCase(one, cores);
      report.versions = describeVersions(
        report.rows.map(({ version }) => version),
        options.python,
      );
      keep(report, options); // whoever stops it has the cases that are done
    }
  return report;

  async function measureCase(one: Case, cores: number): Promise<void> {
    const { python, patienceMs, quick } = options;
    const rounds = options.rounds ?? one.rounds[quick ? 1 : 0];
    say(`\n${one.title}; ${cores} core${cores > 1 ? "s" : ""}, ${rounds} rounds`);
    const finished = await race(one, { cores, python, folder, rounds, patienceMs, say });
    const rows = rowsOf(one, cores, finished);
    report.rows.push(...rows);
    if (cores === availableParallelism()) Object.assign(report.ratios, ratiosOf(one, rows, ""));
    if (cores === 1) Object.assign(report.ratios, ratiosOf(one, rows, "@1"));
    say(consoleTable(rows));
  }
}

function textOf(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

function keep(report: Report, { out }: Options): void {
  if (!out) return;
  writeFileSync(`${out}.part`, textOf(report));
  renameSync(`${out}.part`, out);
}

/** Figures of earlier runs on one machine, as one. */
function readReports(files: string): Report {
  const reports = files.split(",").map((file) => JSON.parse(readFileSync(file, "utf8")) as Report);
  return {
    ...reports[0],
    ratios: Object.assign({}, ...reports.map(({ ratios }) => ratios)) as Report["ratios"],
    rows: reports.flatMap(({ rows }) => rows),
    versions: Object.assign({}, ...reports.map(({ versions }) => versions)) as Report["versions"],
  };
}

async function newReport(options: Options): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-bench-"));
  try {
    if (!options.python) say("Without PyTorch and Keras: this package and stock TensorFlow.js alone.");
    prepare(folder, options.python);
    return await measure(options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) return void process.stdout.write(HELP);
  const options = readOptions(args);
  const { from, json, markdown, readme, chart } = options;
  const report = from ? readReports(from) : await newReport(options);
  keep(report, options);
  if (json) process.stdout.write(textOf(report));
  if (markdown) process.stdout.write(`${markdownTable(report)}\n`);
  if (readme) writeFileSync(readme, replaceTable(readFileSync(readme, "utf8"), markdownTable(report)));
  if (chart) writeFileSync(chart, await drawChart(report));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
