/** The runner on notebooks that are wrong in one way each: every one has to be caught, at the right cell. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

const ROOT = join(__dirname, "../..");

const CHECK = `application/vnd.transfer-lab.check+json`;
const FIGURE = `application/vnd.transfer-lab.figure+json`;
/** Writes outputs as the package does, without loading it. */
const EMIT = `const emit = (data: object) => {
  const [, jupyter] = Object.entries(require.cache).find(([file]) => /tslab.dist.jupyter.js$/.test(file))!;
  jupyter!.exports.lastWriteDisplayData({ data: { "text/plain": "-", ...data }, metadata: {}, transient: {} });
};
const check = (passed: boolean) => emit({ "${CHECK}": { claim: "it holds", passed } });
const figure = (value: number) => emit({ "${FIGURE}": { name: "size", value, tolerance: 0.1 } });
const showPicture = async (base64?: string) => emit(base64 ? { "image/png": base64 } : {});`;

/** 2×2 pixels, each of another colour; and 2×2 white ones. */
const CANVAS = `import { createCanvas } from "canvas";
const draw = (colors: string[]) => {
  const canvas = createCanvas(20, 20);
  const context = canvas.getContext("2d");
  colors.forEach((color, i) => { context.fillStyle = color; context.fillRect(10 * (i % 2), i < 2 ? 0 : 10, 10, 10); });
  return canvas.toBuffer("image/png").toString("base64");
};`;
const WHITE = `["white", "white", "white", "white"]`;

interface Case {
  cells: string[];
  /** What the report has to say; undefined where the notebook is sound. */
  caught?: RegExp;
}

const cases: Record<string, Case> = {
  "10-good": {
    cells: [
      EMIT,
      CANVAS,
      `await showPicture(draw(["red", "blue", "green", "black"]));\ncheck(true);\nfigure(1.05);`,
    ],
  },
  "11-cell-error": {
    cells: [EMIT, `check(true);`, `throw new Error("broken on purpose");`],
    caught: /cell 3: .*broken on purpose/,
  },
  "12-type-error": {
    cells: [EMIT, `const n: number = "text";`],
    caught: /cell 2: .*'string' is not assignable to type 'number'/,
  },
  "13-rejection": {
    cells: [EMIT, `check(true);\nvoid Promise.reject(new Error("nobody awaits me"));`, `check(true);`],
    caught: /cell 2: a rejected promise that nobody awaits: .*nobody awaits me/,
  },
  "14-timer": {
    cells: [EMIT, `check(true);\nsetTimeout(() => { throw new Error("thrown late"); }, 1500);`],
    caught: /cell 2: a throw that nobody caught: .*thrown late/,
  },
  "15-dead-kernel": { cells: [EMIT, `process.exit(0);`], caught: /cell 2: dead kernel/ },
  "16-endless": { cells: [EMIT, `while (true) {}`], caught: /cell 2: time-out/ },
  "17-never-resolves": { cells: [EMIT, `await new Promise(() => {});`], caught: /cell 2: time-out/ },
  "18-missing-picture": {
    cells: [EMIT, `check(true);`, `await showPicture();`],
    caught: /cell 3: showPicture showed nothing/,
  },
  "19-blank-picture": {
    cells: [EMIT, CANVAS, `check(true);\nawait showPicture(draw(${WHITE}));`],
    caught: /cell 3: a picture is blank/,
  },
  "20-failed-check": { cells: [EMIT, `check(false);`], caught: /cell 2: a check failed: it holds/ },
  "21-stderr": {
    cells: [EMIT, `check(true);\nconsole.error("a warning");`],
    caught: /cell 2: it wrote to stderr: a warning/,
  },
  "22-no-check": {
    cells: [`const one = 1;`, `console.log(one);`],
    caught: /cell 2: the notebook checks nothing/,
  },
  "23-figure-off": {
    cells: [EMIT, `check(true);\nfigure(1.2);`],
    caught: /cell 2: figure "size" is 1.2, on record 1 ± 0.1/,
  },
  "24-figure-unknown": {
    cells: [EMIT, `check(true);\nfigure(1);`],
    caught: /cell 2: figure "size" is not on record: accept it with --write/,
  },
  "25-figure-gone": {
    cells: [EMIT, `check(true);`],
    caught: /figure "size" is on record but was not reported/,
  },
  "26-leak": {
    cells: [
      EMIT,
      `import { tf } from "transfer-lab";\nconst forgotten = tf.ones([2]);\ncheck(forgotten.size === 2);`,
    ],
    caught: /cell 2: 1 tensors leaked/,
  },
};

const onRecord = ["10-good", "23-figure-off", "25-figure-gone"];
let folder: string;
let report: string;

function notebook(cells: string[]): string {
  const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec },
    cells: cells.map((source, i) => ({
      id: `cell-${i}`,
      cell_type: "code",
      execution_count: null,
      metadata: {},
      outputs: [],
      source,
    })),
  });
}

function run(...args: string[]): { output: string; status: number | null } {
  const script = join(ROOT, "scripts/notebooks.mjs");
  const options = ["--offline", "--timeout", "20", "--dir", folder, "--golden", join(folder, "golden")];
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...options, ...args], {
    encoding: "utf8",
  });
  return { output: stdout + stderr, status };
}

before(() => {
  // Inside the checkout, so that cells find the packages.
  mkdirSync(join(ROOT, ".setup"), { recursive: true });
  folder = mkdtempSync(join(ROOT, "notebooks", ".fixtures-"));
  mkdirSync(join(folder, "golden"));
  for (const [name, { cells }] of Object.entries(cases)) {
    writeFileSync(join(folder, `${name}.ipynb`), notebook(cells));
    const record = { offline: { size: { value: 1, tolerance: 0.1 } } };
    if (onRecord.includes(name))
      writeFileSync(join(folder, "golden", `${name}.json`), JSON.stringify(record));
  }
  report = run().output;
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** The part of the report about one notebook. */
function about(name: string): string {
  const lines = report.split("\n");
  const start = lines.findIndex((line) => line.includes(`${name}.ipynb`));
  assert.ok(start >= 0, `${name} is not in the report:\n${report}`);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith(" "));
  return lines.slice(start, end).join("\n");
}

for (const [name, { caught }] of Object.entries(cases))
  test(caught ? `${name} is caught` : `${name} passes`, () => {
    const said = about(name);
    assert.match(said, caught ? /^✗/ : /^✓/);
    if (caught) assert.match(said.replaceAll("\n", " "), caught);
    else assert.match(said, /3 cells, 1 checks passed, 1 figures compared/);
  });

test("the run as a whole fails, a sound one passes, and nothing was written", () => {
  assert.match(report, new RegExp(`Notebooks: 1 passed, ${Object.keys(cases).length - 1} failed`));
  assert.equal(run("10").status, 0);
  for (const [name, { cells }] of Object.entries(cases))
    assert.equal(readFileSync(join(folder, `${name}.ipynb`), "utf8"), notebook(cells));
});

test("--write records a sound notebook's figures, never a failing one's", () => {
  run("24", "20", "--write");
  const record = JSON.parse(readFileSync(join(folder, "golden", "24-figure-unknown.json"), "utf8"));
  assert.deepEqual(record.offline.size, { value: 1, tolerance: 0.1 });
  assert.throws(() => readFileSync(join(folder, "golden", "20-failed-check.json")));
  assert.equal(run("24").status, 0);
});

const noProc = existsSync("/proc/self/cwd") ? false : "needs /proc to find the kernels";

test("when it is stopped, it takes its kernels with it", { skip: noProc }, async () => {
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
  const args = [join(ROOT, "scripts/notebooks.mjs"), "16", "--offline", "--dir", folder, "--golden", folder];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  for (let tries = 0; kernelsIn(folder).length === 0 && tries < 300; tries++) await pause();
  assert.equal(kernelsIn(folder).length, 1);
  const closed = new Promise((resolve) => child.on("close", resolve));
  child.kill("SIGTERM");
  assert.equal(await closed, 130);
  for (let tries = 0; kernelsIn(folder).length > 0 && tries < 50; tries++) await pause();
  assert.deepEqual(kernelsIn(folder), []);
});

/** The processes of kernels that work in a folder; others on the machine are none of ours. */
function kernelsIn(place: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return command.includes("tslab") && readlinkSync(`/proc/${pid}/cwd`) === place;
    } catch {
      return false; // no process, or it has just ended
    }
  });
}

test("wrong use is refused", () => {
  for (const args of [["99"], ["--real"], ["--fast"], ["--timeout", "soon"]]) {
    const { output, status } = run(...args);
    assert.equal(status, 2, output);
  }
});
