import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import type { Dataset } from "../../../src/helpers/data";
import type { tf } from "../../../src/helpers/engine";
import { accuracyVsDataSize, accuracyVsLearningRate, type CurveOptions } from "../../../src/helpers/evaluate";
import { stripes, weightValues, withoutLeaks } from "../tiny";
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

before(async () => {
  source = await pretrainedOnStripes();
  options = {
    source,
    target,
    sizes: [12, 3],
    strategies: ["option-1", "random-frozen"],
    seeds: 2,
    augment: "none",
  };
});

test("a point for each size and strategy, seeds paired, source untouched, nothing leaked", () =>
  withoutLeaks(async () => {
    const weights = weightValues(source);
    const curve = await accuracyVsDataSize(options);
    assert.deepEqual(
      curve.points.map(({ size, strategy, seeds }) => [size, strategy, seeds]),
      [
        [3, "option-1", 2],
        [3, "random-frozen", 2],
        [12, "option-1", 2],
        [12, "random-frozen", 2],
      ],
    );
    for (const { mean, low, high, accuracies } of curve.points) {
      assert.ok(Math.abs(mean - (accuracies[0] + accuracies[1]) / 2) < 1e-12 && low <= mean && mean <= high);
    }
    assert.equal(curve.crossover, null); // Option 2 was not run
    assert.deepEqual(weightValues(source), weights);
  }));

test("after a kill a rerun does only what is missing, and gives the same numbers", async () => {
  const folder = await mkdtemp(join(tmpdir(), "transfer-lab-"));
  const resume = join(folder, "deep", "trials.jsonl");
  try {
    const whole = await accuracyVsDataSize({ ...options, resume });
    const lines = (await readFile(resume, "utf8")).trimEnd().split("\n");
    assert.equal(lines.length, 8);

    await writeFile(resume, `${lines.slice(0, 5).join("\n")}\n${lines[5].slice(0, 20)}`); // cut off in the sixth
    const again = await accuracyVsDataSize({ ...options, resume });
    assert.deepEqual(again, whole);
    const after = (await readFile(resume, "utf8")).trimEnd().split("\n");
    assert.equal(after.length, 5 + 1 + 3); // the kept, the cut one, the missing
    await accuracyVsDataSize({ ...options, resume });
    assert.equal((await readFile(resume, "utf8")).trimEnd().split("\n").length, after.length);

    const changed = { ...target, test: stripes(45, 77) };
    await accuracyVsDataSize({ ...options, sizes: [3], seeds: 1, target: changed, resume }); // another experiment
    assert.equal((await readFile(resume, "utf8")).trimEnd().split("\n").length, after.length + 2);
    await appendFile(resume, "not json\n");
    assert.deepEqual(await accuracyVsDataSize({ ...options, resume }), whole);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a signal ends it with the points that are complete", async () => {
  const controller = new AbortController();
  controller.abort();
  const curve = await accuracyVsDataSize({ ...options, signal: controller.signal });
  assert.deepEqual([curve.points.length, curve.stopped], [0, true]);
});

test("untuned learning rates: a row for each trial", async () => {
  const rows = await accuracyVsLearningRate({
    source,
    target,
    size: 6,
    strategies: ["option-2"],
    learningRates: [1e-9, 3e-3],
    seeds: [4],
  });
  assert.deepEqual(
    rows.map(({ learningRate, seed }) => [learningRate, seed]),
    [
      [1e-9, 4],
      [3e-3, 4],
    ],
  );
  assert.ok(rows[1].accuracy > rows[0].accuracy);
});

test("impossible experiments are refused before anything runs", async () => {
  const refuse = (more: object, message: RegExp): Promise<void> =>
    assert.rejects(accuracyVsDataSize({ ...options, ...more }), message);
  await refuse({ sizes: [61] }, /61 examples: "stripes" has 1 to 60/);
  await refuse({ strategies: ["option-9"] }, /"option-9": the strategies are scratch/);
  await refuse({ seeds: 0 }, /how many \(1 or more\).*Received: 0/);
  await refuse({ seeds: [1, 1] }, /distinct whole numbers/);
});
