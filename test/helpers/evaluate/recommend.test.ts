import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Dataset, Examples } from "../../../src/helpers/data";
import type { tf } from "../../../src/helpers/engine";
import { recommend, type RecommendOptions } from "../../../src/helpers/evaluate/recommend";
import { random } from "../../../src/helpers/random";
import { setReporter, type Progress } from "../../../src/helpers/report";
import { stripes, weightValues, withoutLeaks } from "../tiny";
import { pretrainedOnStripes } from "../train/pretrained";

let source: tf.LayersModel;
const examples = noisy(30);
const options: RecommendOptions = {
  strategies: ["random-frozen", "option-1"],
  folds: 3,
  seeds: [7],
  augment: "none",
};

/** Stripes under so much noise that a network which knows stripes has an advantage. */
function noisy(count: number): Examples {
  const examples = stripes(count, 3);
  const chance = random(9);
  const images = Uint8Array.from(examples.images, (pixel) => 0.3 * pixel + 0.7 * chance.int(256));
  return { ...examples, images };
}

before(async () => {
  source = await pretrainedOnStripes();
});

test("an option that is surely ahead is chosen: here what the source has learned, over chance", () =>
  withoutLeaks(async () => {
    const weights = weightValues(source);
    const found = await recommend(source, examples, { ...options, folds: 5 });
    assert.deepEqual([found.examples, found.trained, found.rounds, found.planned], [30, 24, 5, 5]);
    assert.deepEqual(
      found.options.map(({ strategy, accuracies }) => [strategy, accuracies.length]),
      [
        ["random-frozen", 5],
        ["option-1", 5],
      ],
    );
    const [control, first] = found.options;
    for (const { mean, low, high, seconds, temperature } of [control, first])
      assert.ok(0 <= low && low <= mean && mean <= high && high <= 1 && seconds > 0 && temperature > 0);
    const [lead] = found.leads;
    assert.ok(Math.abs(lead.mean - (first.mean - control.mean)) < 1e-12);
    assert.equal(found.choice, lead.low > 0 ? "option-1" : "random-frozen");
    assert.equal(found.choice, "option-1", found.why);
    assert.match(found.why, /^Option 1: better than random-frozen by [\d.]+ points/);
    assert.deepEqual(weightValues(source), weights);
  }));

test("the seeds decide the folds, and the test part is not looked at", async () => {
  const poisoned: Dataset = {
    name: "stripes",
    classes: examples.classes,
    input: examples.input,
    train: examples,
    get test(): never {
      throw new Error("the test part was looked at");
    },
  };
  const evidence = async (set: Dataset | Examples, seed: number): Promise<number[]> =>
    (await recommend(source, set, { ...options, folds: 2, seeds: [seed] })).options.flatMap(
      ({ accuracies, temperature }) => [...accuracies, temperature],
    );
  const plain = await evidence(examples, 7);
  assert.deepEqual(await evidence(poisoned, 7), plain);
  assert.notDeepEqual(await evidence(examples, 8), plain);
});

/** Runs some work that is stopped after so many trainings. */
async function stoppedAfter(
  trainings: number,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<Progress[]> {
  const controller = new AbortController();
  const told: Progress[] = [];
  const progress = (state: Progress): void => {
    told.push(state);
    if (told.length === trainings) controller.abort();
  };
  setReporter({ line: () => {}, progress });
  try {
    await work(controller.signal);
  } finally {
    setReporter();
  }
  return told;
}

test("by default it is Option 1 against Option 2, five folds twice; progress is told", async () => {
  const told = await stoppedAfter(2, async (signal) => {
    const found = await recommend(source, examples, { signal });
    assert.deepEqual([found.choice, found.rounds, found.planned, found.stopped], ["option-1", 1, 10, true]);
  });
  assert.deepEqual(
    told.map(({ done, total, note }) => [done, total, note!.split(":")[0]]),
    [
      [1, 20, "Option 1"],
      [2, 20, "Option 2"],
    ],
  );
});

test("a signal or the time ends it, with what there is", async () => {
  await stoppedAfter(5, async (signal) => {
    const found = await recommend(source, examples, { ...options, signal });
    assert.deepEqual([found.rounds, found.planned, found.stopped], [2, 3, true]);
    assert.deepEqual([found.options[0].accuracies.length, found.leads.length], [2, 1]);
  });
  const late = await recommend(source, examples, { ...options, maxSeconds: 0.001 });
  assert.deepEqual([late.choice, late.options.length, late.stopped], ["random-frozen", 0, true]);
  assert.match(late.why, /no time to compare/);
});

test("what can't be compared is refused before anything runs", async () => {
  const refuse = (more: object, message: RegExp, set: unknown = examples): Promise<void> =>
    assert.rejects(recommend(source, set as Dataset, { ...options, ...more }), message);
  await refuse({ strategies: ["option-1"] }, /two or more different ones. Received: option-1/);
  await refuse({ strategies: ["option-1", "option-9"] }, /"option-9": the strategies are/);
  await refuse({ folds: 31 }, /in 31 folds/);
  await refuse({ seeds: 0 }, /how many \(1 or more\)/);
  await refuse({ maxSeconds: 0 }, /maxSeconds is more than zero/);
  await refuse({}, /Cannot recommend an option: it needs examples/, 5);
  const small = { ...examples, images: examples.images.subarray(0, 30 * 8 * 8 * 3) };
  const input = { ...examples.input, height: 8, width: 8 };
  await refuse({}, /takes images of 16×16×3, the examples are 8×8×3/, { ...small, input });
});
