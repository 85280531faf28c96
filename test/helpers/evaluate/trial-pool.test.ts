import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Dataset } from "../../../src/helpers/data";
import type { tf } from "../../../src/helpers/engine";
import { accuracyVsDataSize, type Curve, type CurveOptions } from "../../../src/helpers/evaluate";
import { setReporter } from "../../../src/helpers/report";
import { stripes, withoutLeaks } from "../tiny";
import { pretrainedOnStripes } from "../train/pretrained";

const part = stripes(60, 3);
const target: Dataset = {
  name: "stripes",
  classes: part.classes,
  input: part.input,
  train: part,
  test: stripes(45, 8),
};
let source: tf.LayersModel;
let options: CurveOptions;
let lines: string[] = [];

/** Calls back at each finished trial. */
function watch(onTrial: (done: number) => unknown = () => {}): void {
  lines = [];
  setReporter({ line: (line) => lines.push(line), progress: ({ done }) => onTrial(done) });
}

let serial: Curve;

before(async () => {
  source = await pretrainedOnStripes();
  options = {
    source,
    target,
    sizes: [3, 12],
    strategies: ["option-1", "random-frozen"],
    seeds: 1,
    augment: "light",
  };
  serial = await accuracyVsDataSize({ ...options, workers: 1 });
});
after(() => setReporter());

/** The worker processes of this process, from /proc. */
function workerIds(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        const parent = readFileSync(`/proc/${id}/stat`, "utf8").split(") ").at(-1)!.split(" ")[1];
        return (
          parent === String(process.pid) &&
          readFileSync(`/proc/${id}/cmdline`, "utf8").includes("trial-worker")
        );
      } catch {
        return false; // it has ended meanwhile
      }
    })
    .map(Number);
}
const skip = process.platform === "linux" ? false : "it finds processes in /proc";

test("two processes give what one gives, bit for bit, and remember it in the same file", () =>
  withoutLeaks(async () => {
    const folder = await mkdtemp(join(tmpdir(), "transfer-lab-"));
    const resume = join(folder, "trials.jsonl");
    try {
      watch();
      const parallel = await accuracyVsDataSize({ ...options, workers: 2, resume });
      assert.deepEqual(parallel, serial);
      const kept = (await readFile(resume, "utf8")).trimEnd().split("\n");
      assert.equal(kept.length, 4);
      assert.deepEqual(await accuracyVsDataSize({ ...options, workers: 2, resume }), serial);
      assert.deepEqual(await accuracyVsDataSize({ ...options, resume }), serial);
      assert.equal((await readFile(resume, "utf8")).trimEnd().split("\n").length, 4);
      assert.deepEqual(lines, []);
    } finally {
      await rm(folder, { recursive: true });
    }
  }));

test("a process that dies costs nothing but time; when too many die, it goes on here", { skip }, async () => {
  let killed = 0;
  watch((done) => {
    if (done > 1 || killed > 0) return;
    process.kill(workerIds()[0], "SIGKILL");
    killed++;
  });
  assert.deepEqual(await accuracyVsDataSize({ ...options, workers: 2 }), serial);
  assert.deepEqual([killed, lines, workerIds()], [1, [], []]);

  watch();
  const hunt = setInterval(() => workerIds().forEach((id) => process.kill(id, "SIGKILL")), 50);
  try {
    assert.deepEqual(await accuracyVsDataSize({ ...options, workers: 2 }), serial);
  } finally {
    clearInterval(hunt);
  }
  assert.match(
    lines.join("\n"),
    /^Accuracy against data size: processes died .* the 4 trials left run here, where other last digits/,
  );
});

test("a signal ends the processes at once, in the middle of their trials", { skip }, async () => {
  const controller = new AbortController();
  let trials = 0;
  watch((done) => (trials = done));
  const begun = setInterval(() => workerIds().length === 2 && controller.abort(), 10);
  try {
    const curve = await accuracyVsDataSize({ ...options, seeds: 20, workers: 2, signal: controller.signal });
    assert.deepEqual([curve.stopped, curve.points, trials], [true, [], 0]);
  } finally {
    clearInterval(begun);
  }
  assert.deepEqual(workerIds(), []);
});

test("an error is the one that a serial run throws", { skip }, async () => {
  watch();
  const wrong = { ...options, augment: { shiftPx: -1 } };
  const expected = await accuracyVsDataSize({ ...wrong, workers: 1 }).catch((error: Error) => error);
  assert.ok(expected instanceof RangeError);
  const { name, message } = expected;
  await assert.rejects(accuracyVsDataSize({ ...wrong, workers: 2 }), { name, message });
  assert.deepEqual(workerIds(), []);
  await assert.rejects(accuracyVsDataSize({ ...options, workers: 0 }), /in 0 processes: say "auto"/);
});

test("a process ends with the one that started it", async () => {
  const worker = join(__dirname, "../../../src/helpers/evaluate/trial-worker.ts");
  const child = fork(worker, { stdio: "inherit", serialization: "advanced" });
  await once(child, "spawn");
  child.disconnect(); // as where the other process is killed
  assert.deepEqual(await once(child, "exit"), [0, null]);
});
