import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { buildConvNet, cardOf, loadModel, saveModel, writeImageFolder } from "../src/helpers";
import { stripes } from "./helpers/tiny";

const ROOT = join(__dirname, "..");
const CLI = ["--import", "tsx", join(ROOT, "src/cli.ts")];
const SOURCE = join(ROOT, "data/pretrained/cifar10-convnet");
const CURVE = ["curve", "--from", SOURCE, "--target", "pen-digits", "--sizes", "10", "--seeds", "1"];
const TUNE = ["fine-tune", "--from", SOURCE, "--data", ROOT, "--out", join(tmpdir(), "never")];

function run(...args: string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, [...CLI, ...args], { encoding: "utf8", cwd: ROOT });
}

test("curve prints one JSON object on stdout and resumes", () => {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-"));
  try {
    const resume = join(folder, "trials.jsonl");
    const args = [...CURVE, "--strategies", "option-1,random-frozen", "--resume", resume, "--json"];
    const { stdout, stderr, status } = run(...args);
    assert.equal(status, 0, stderr);
    const { points, crossover } = JSON.parse(stdout) as {
      points: Record<string, unknown>[];
      crossover: unknown;
    };
    assert.deepEqual(Object.keys(points[0]), ["size", "strategy", "mean", "low", "high", "seeds"]);
    assert.deepEqual(
      points.map(({ size, strategy, seeds }) => [size, strategy, seeds]),
      [
        [10, "option-1", 1],
        [10, "random-frozen", 1],
      ],
    );
    assert.equal(crossover, null);
    assert.match(stderr, /pen-digits: 28×28 → 32×32, grey → RGB/);
    const trials = readFileSync(resume, "utf8");
    assert.equal(run(...args).stdout, stdout);
    assert.equal(readFileSync(resume, "utf8"), trials);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("census prints each layer's shares beside those of random weights", () => {
  const args = ["census", "--model", SOURCE, "--layers", "conv1,conv2", "--controls", "1"];
  const { stdout, stderr, status } = run(...args, "--json");
  assert.equal(status, 0, stderr);
  const { layers } = JSON.parse(stdout) as { layers: Record<string, unknown>[] };
  assert.deepEqual(
    layers.map(({ layer }) => layer),
    ["conv1", "conv2"],
  );
  const kinds = ["straight", "corner", "curve", "other"];
  for (const layer of layers) {
    assert.deepEqual(Object.keys(layer), ["layer", ...kinds, "random", "gain"]);
    assert.deepEqual(Object.keys(layer.random as object), kinds);
    for (const shares of [layer, layer.random as Record<string, unknown>])
      assert.ok(Math.abs(kinds.reduce((sum, kind) => sum + (shares[kind] as number), 0) - 1) < 1e-9);
  }
  assert.match(run(...args).stdout, /^layer +weights +straight[^]*\nconv2 +trained/);
});

test("filters draws a picture and prints what each filter looks for", () => {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-"));
  try {
    const out = join(folder, "filters.png");
    writeFileSync(out, "an old one");
    const { stdout, stderr, status } = run("filters", "--model", SOURCE, "--out", out, "--json");
    assert.equal(status, 0, stderr);
    const found = JSON.parse(stdout) as { layer: string; filters: Record<string, unknown>[]; out: string };
    assert.deepEqual([found.layer, found.filters.length, found.out], ["conv1", 32, out]);
    for (const filter of found.filters)
      assert.deepEqual(Object.keys(filter), ["unit", "kind", "angle", "frequency", "gaborR2"]);
    const picture = readFileSync(out);
    assert.equal(picture.subarray(1, 4).toString(), "PNG");
    assert.ok(picture.length > 5000, `${picture.length} bytes`);
    assert.deepEqual(readdirSync(folder), ["filters.png"]); // nothing half-written beside it
    const again = join(folder, "again.PNG");
    assert.match(
      run("filters", "--model", SOURCE, "--out", again).stdout,
      /^The 32 filters of conv1[^]*\nDrawn in .*again\.PNG\.\n$/,
    );
    assert.deepEqual(readFileSync(again), picture);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("filters refuses a layer that can't be drawn, and leaves no file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-"));
  try {
    const model = buildConvNet({ inputShape: [16, 16, 4], classes: 2, seed: 1 });
    await saveModel(model, join(folder, "model"));
    model.dispose();
    const args = ["filters", "--model", join(folder, "model"), "--out", join(folder, "filters.png")];
    const { stderr, status } = run(...args);
    assert.deepEqual([status, readdirSync(folder)], [1, ["model"]]);
    assert.match(stderr, /Cannot read the filters of "conv1": it has to take 1 or 3 channels. It takes 4/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("wrong use ends with 2, a failure with 1, both with a word on what is allowed", () => {
  const cases: [number, RegExp, string[]][] = [
    [2, /required option '--target <name>'/, ["curve", "--from", SOURCE]],
    [2, /unknown command 'curves'/, ["curves"]],
    [2, /It has to be a whole number/, [...CURVE, "--sizes", "few"]],
    [1, /Cannot load ".*": there are "mobilenet-v1-0.25"/, ["curve", "--from", ROOT, "--target", "mnist"]],
    [1, /Cannot load "letters": there are/, ["curve", "--from", SOURCE, "--target", "letters"]],
    [2, /It has to end in .png/, ["filters", "--model", SOURCE, "--out", "filters.jpg"]],
    [1, /there are "mobilenet-v1-0.25"/, ["filters", "--model", ROOT, "--out", "filters.png"]],
    [1, /there is no folder ".*nowhere"/, ["filters", "--model", SOURCE, "--out", "nowhere/filters.png"]],
    [1, /"conv9": the layers are/, ["census", "--model", SOURCE, "--layers", "conv9"]],
    [1, /"option-9": the strategies are scratch/, [...CURVE, "--strategies", "option-9"]],
    [
      2,
      /Allowed choices are 1, 2, auto/,
      ["fine-tune", "--from", SOURCE, "--data", ".", "--out", "m", "--option", "3"],
    ],
    [
      2,
      /'--option <which>' cannot be used with option '--strategy <name>'/,
      [...TUNE, "--option", "1", "--strategy", "gradual"],
    ],
    [1, /nowhere: there is no such folder or file/, [...TUNE, "--data", join(ROOT, "nowhere")]],
    [1, /Cannot read nowhere\.jpg: there is no such file/, ["predict", SOURCE, "nowhere.jpg"]],
    [0, /^$/, ["curve", "--help"]],
  ];
  for (const [status, message, args] of cases) {
    const result = run(...args);
    assert.equal(result.status, status, `${args.join(" ")}: ${result.stderr}`);
    assert.match(result.stderr, message);
  }
});

test("Ctrl-C stops a pre-training and saves a usable model", async () => {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-"));
  try {
    const out = join(folder, "model");
    const args = ["pretrain", "--data", "pen-digits", "--epochs", "50", "--out", out, "--json"];
    const child = spawn(process.execPath, [...CLI, ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => {
      if (text.toString().includes("Ctrl-C stops it")) setTimeout(() => child.kill("SIGINT"), 1500);
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(status, 0);
    const { stopped, test: measured } = JSON.parse(stdout) as { stopped: boolean; test: { n: number } };
    assert.deepEqual([stopped, measured.n], [true, 2000]);
    assert.ok(existsSync(join(out, "card.json")));
    const model = await loadModel(out);
    assert.equal(cardOf(model).trainedOn[0].set, "pen-digits");
    model.dispose();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("from a folder of pictures to a model, its measure, a prediction and a page", async () => {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-"));
  try {
    const photos = join(folder, "photos");
    const [model, page] = [join(folder, "model"), join(folder, "page")];
    await writeImageFolder(stripes(60), photos);
    const common = ["--data", photos, "--json"];
    const tuned = run(
      ...[
        "fine-tune",
        "--from",
        "cifar10-convnet",
        "--option",
        "1",
        "--seed",
        "1",
        "--out",
        model,
        ...common,
      ],
    );
    assert.equal(tuned.status, 0, tuned.stderr);
    const result = JSON.parse(tuned.stdout) as FineTuned;
    assert.deepEqual(Object.keys(result), ["option", "classes", "examples", "test", "seconds", "out"]);
    assert.deepEqual(result.classes, ["across", "slanting", "upright"]);
    assert.deepEqual([result.option, result.examples, result.test.n, result.out], [1, 48, 12, model]);
    assert.ok(result.test.accuracy > 0.8 && result.test.low < result.test.accuracy, tuned.stdout);

    const measured = JSON.parse(run("evaluate", model, ...common).stdout) as FineTuned["test"];
    assert.deepEqual([measured.n, measured.accuracy], [12, result.test.accuracy]);

    const picture = join(photos, "upright", "01.png");
    const named = run("predict", model, picture, "--top", "2", "--json");
    const { predictions } = JSON.parse(named.stdout) as { predictions: Predicted[] };
    assert.deepEqual(
      predictions.map((one) => [one.picture, one.classes.length, one.classes[0].name]),
      [[picture, 2, "upright"]],
    );
    assert.match(run("predict", model, picture).stdout, /01\.png: upright \d+\.\d %, /);

    const { page: file } = JSON.parse(run("demo", model, "--out", page, "--json").stdout) as { page: string };
    assert.equal(file, join(page, "index.html"));
    assert.ok(existsSync(file) && existsSync(join(page, "tf.min.js")));

    const { counts, report } = JSON.parse(run("datasets", photos, "--json").stdout) as Described;
    assert.deepEqual(counts, { train: 48, validation: 0, test: 12 });
    assert.equal(report.split, "seed");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("recommend prints its choice and the evidence", async () => {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-"));
  try {
    await writeImageFolder(stripes(30), join(folder, "photos"));
    const common = ["--from", "cifar10-convnet", "--data", join(folder, "photos"), "--augment", "none"];
    const strategies = ["--strategies", "option-1", "random-frozen", "--folds", "3", "--json"];
    const { stdout, status, stderr } = run("recommend", ...common, ...strategies);
    assert.equal(status, 0, stderr);
    const { choice, why, options } = JSON.parse(stdout) as {
      choice: string;
      why: string;
      options: { strategy: string }[];
    };
    assert.equal(choice, "option-1");
    assert.ok(why.length > 20);
    assert.deepEqual(
      options.map(({ strategy }) => strategy),
      ["option-1", "random-frozen"],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("datasets lists what is known by name", () => {
  const { datasets, pretrained } = JSON.parse(run("datasets", "--json").stdout) as Record<string, string[]>;
  assert.ok(datasets.includes("pen-digits") && pretrained.includes("tiny-darknet"));
});

interface FineTuned {
  option: number;
  classes: string[];
  examples: number;
  test: { accuracy: number; low: number; high: number; n: number };
  seconds: number;
  out: string;
}

interface Predicted {
  picture: string;
  classes: { name: string; confidence: number }[];
}

interface Described {
  counts: Record<string, number>;
  report: { split: string };
}
