import assert from "node:assert/strict";
import { test } from "node:test";
import type { Curve, Evaluation, History, SpreadRow } from "../../src/helpers";
import { freeze, summarize } from "../../src/helpers";
import {
  curveTable,
  showAccuracyVsDataSize,
  showConfusion,
  showEvaluation,
  showExamples,
  showFilters,
  showHistory,
  showLayers,
  showReceipt,
  showSpread,
} from "../../src/viz";
import { stripes, tinyNet, withoutLeaks } from "../helpers/tiny";
import { assertPicture, captured, capturedOne } from "./capture";

const VEGA_LITE = "application/vnd.vegalite.v5+json";

const history: History = {
  steps: Array.from({ length: 40 }, (_, i) => ({
    step: i + 1,
    epoch: Math.floor(i / 10) + 1,
    loss: 2 / (i + 1),
    accuracy: i / 40,
    learningRate: 0.1,
  })),
  epochs: [1, 2, 3, 4].map((epoch) => ({
    epoch,
    loss: 1 / epoch,
    accuracy: 0.2 * epoch,
    heldOutLoss: 1,
    heldOutAccuracy: 0.5,
  })),
  stopped: false,
};
const evaluation: Evaluation = {
  accuracy: 0.75,
  low: 0.7,
  high: 0.8,
  loss: 0.5,
  count: 4,
  classes: ["cat", "dog"],
  perClass: [
    { name: "cat", accuracy: 0.5, count: 2 },
    { name: "dog", accuracy: 1, count: 2 },
  ],
  confusion: [
    [1, 1],
    [0, 2],
  ],
  predictions: Int32Array.of(0, 1, 1, 1),
};
const point = (size: number, strategy: "option-1" | "option-2", mean: number) => ({
  size,
  strategy,
  mean,
  low: mean - 0.05,
  high: mean + 0.05,
  sd: 0.04,
  seeds: 5,
  accuracies: [mean],
});
const curve: Curve = {
  points: [
    point(10, "option-1", 0.5),
    point(10, "option-2", 0.4),
    point(50, "option-1", 0.6),
    point(50, "option-2", 0.7),
  ],
  crossover: { between: ["option-1", "option-2"], size: 22.4, low: 14, high: 40, note: "97 % of resamples" },
  source: "photos",
  target: "digits",
  stopped: false,
};
const spread: SpreadRow[] = [0.001, 0.01].flatMap((learningRate) =>
  [1, 2].map((seed) => ({
    strategy: "option-2" as const,
    learningRate,
    seed,
    accuracy: 0.5 + learningRate * seed * 10,
  })),
);

const charts: Record<string, { show: () => Promise<void>; says: RegExp }> = {
  showHistory: {
    show: () => showHistory({ history }),
    says: /epoch +loss +accuracy +held-out loss[^]*\n4 +0\.250 +80\.0 %/,
  },
  showEvaluation: {
    show: () => showEvaluation(evaluation),
    says: /75\.0 % right \(95 % interval 70\.0 % to 80\.0 %\)[^]*cat +50\.0 % +2/,
  },
  showConfusion: {
    show: () => showConfusion(evaluation),
    says: /true \\ said +cat +dog\ncat +1 +1\ndog +0 +2/,
  },
  showAccuracyVsDataSize: {
    show: () => showAccuracyVsDataSize(curve),
    says: /examples +Option 1: head only +Option 2: all parameters\n10 +50\.0 ± 4\.0 % +40\.0[^]*overtakes Option 1 at about 22 examples \(95 % interval 14 to 40\)/,
  },
  showSpread: {
    show: () => showSpread(spread),
    says: /learning rate +Option 2: all parameters\n0\.001 +51\.5 %\n0\.01 +65\.0 %/,
  },
};

for (const [name, { show, says }] of Object.entries(charts))
  test(`${name}: Vega-Lite, PNG and a text that says the same, all in one output, the same every time`, async () => {
    const shown = await capturedOne(show);
    assert.ok((shown.data[VEGA_LITE] as { $schema: string }).$schema.includes("vega-lite/v5"));
    await assertPicture(shown);
    assert.match(shown.data["text/plain"], says);
    assert.deepEqual(await capturedOne(show), shown);
  });

test("showExamples draws a row a class, with a text alternative", async () => {
  const shown = await capturedOne(() => showExamples(stripes(20), { perClass: 4, title: "Stripes" }));
  await assertPicture(shown);
  assert.match(shown.data["text/plain"], /4 examples of each class: across, upright, slanting/);
  await assertPicture(await capturedOne(() => showExamples(stripes(20), { count: 5 })));
});

test("showFilters draws every kernel, keeps no tensor, and refuses what has none", () =>
  withoutLeaks(async () => {
    const model = tinyNet();
    const shown = await capturedOne(() => showFilters(model));
    await assertPicture(shown);
    assert.match(shown.data["text/plain"], /The 32 filters of conv1, 5×5 pixels each/);
    model.dispose();
  }));

test("tables say what trains, and mark what is frozen", async () => {
  const model = tinyNet();
  freeze(model, "all-but-head");
  const { data } = await capturedOne(() => showLayers(summarize(model)));
  assert.match(data["text/plain"], /^\d[\d,]* of \d[\d,]* parameters train\nlayer/);
  assert.match(data["text/plain"], /conv1 .*frozen\n[^]*head .*trains/);
  assert.ok((data["text/html"] as string).includes("<table"));
  const receipt = {
    layers: [{ name: "<b>", frozen: true, trainable: 0, total: 1234, largestChange: 0 }],
    trainable: 0,
    total: 1234,
  };
  const shown = await capturedOne(() => showReceipt(receipt));
  assert.match(shown.data["text/plain"], /0 of 1,234 parameters were trained[^]*1,234 +0 +frozen/);
  assert.ok((shown.data["text/html"] as string).includes("&lt;b&gt;"));
});

test("nothing to show is refused", async () => {
  await assert.rejects(
    showHistory({ steps: [], epochs: [], stopped: false }),
    /Cannot show the history: it has no steps/,
  );
  await assert.rejects(showAccuracyVsDataSize({ ...curve, points: [] }), /it has no points/);
  await assert.rejects(showSpread([]), /there are no trials/);
});

test("outside of a notebook the text goes to the console", async (t) => {
  const log = t.mock.method(console, "log", () => {});
  assert.equal((await captured(() => {})).length, 0);
  await showLayers(summarize(tinyNet()));
  assert.match(String(log.mock.calls[0].arguments[0]), /parameters train/);
  assert.match(curveTable(curve), /^examples/);
});
