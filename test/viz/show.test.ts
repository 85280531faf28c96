import assert from "node:assert/strict";
import { test } from "node:test";
import type { Curve, Evaluation, Examples, History, SpreadRow } from "../../src/helpers";
import { freeze, pick, summarize, tf } from "../../src/helpers";
import { random } from "../../src/helpers/random";
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
  confidences: Float32Array.of(0.9, 0.6, 0.8, 0.7),
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
    says: /true \\ said +cat +dog\ncat +1 +1\ndog +0 +2\nMost frequent mistakes: cat taken for dog \(1\)\./,
  },
  showAccuracyVsDataSize: {
    show: () => showAccuracyVsDataSize(curve),
    says: /examples +Option 1: head only +Option 2: all parameters\n10 +50\.0 ± 4\.0 % +40\.0[^]*standard deviation over 5 draws[^]*Option 2 overtakes Option 1 at about 22 examples \(95 % interval 14 to 40\)/,
  },
  showSpread: {
    show: () => showSpread(spread),
    says: /learning rate +Option 2: all parameters\n0\.001 +51\.5 %\n0\.01 +65\.0 %\nOption 2: all parameters ranges over 13\.5 points/,
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
  assert.match(shown.data["text/plain"], /^4 examples of each class: across, upright, slanting$/);
  assert.deepEqual(
    await capturedOne(() => showExamples(stripes(20), { perClass: 4, title: "Stripes" })),
    shown,
  );
  const tiles = await capturedOne(() => showExamples(stripes(20), { count: 4 }));
  await assertPicture(tiles);
  assert.equal(tiles.data["text/plain"], "4 examples: across, upright, slanting, across");
  const uneven = await capturedOne(() => showExamples(stripes(5)));
  assert.match(uneven.data["text/plain"], /^Up to 2 examples of each class/);
});

test("showExamples keeps to the width of a notebook, whatever the size of the images", async () => {
  for (const [side, classes] of [
    [28, 10],
    [96, 2],
    [300, 2],
    [8, 100],
  ]) {
    const shown = await capturedOne(() => showExamples(noise(side, classes)));
    await assertPicture(shown);
    const { width } = shown.metadata["image/png"] as { width: number };
    assert.ok(width <= 680, `${side} px, ${classes} classes: ${width} px wide`);
  }
});

/** Eight grey images of each class. */
function noise(side: number, classes: number): Examples {
  const count = 8 * classes;
  const chance = random(1);
  return {
    images: Uint8Array.from({ length: count * side * side }, () => chance.int(256)),
    labels: Int32Array.from({ length: count }, (_, i) => i % classes),
    count,
    classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
    input: { type: "image", height: side, width: side, channels: 1, range: [0, 255] },
  };
}

test("many classes still fit: the matrix shrinks, its text lists the most frequent mistakes", async () => {
  const classes = Array.from({ length: 100 }, (_, i) => `class ${i}`);
  const confusion = classes.map((_, t) => classes.map((_, p) => (t === p ? 90 : p === t + 1 ? t : 0)));
  const shown = await capturedOne(() => showConfusion({ classes, confusion }));
  await assertPicture(shown);
  const { width } = shown.metadata["image/png"] as { width: number };
  assert.ok(width <= 680, `${width} px wide`);
  assert.match(shown.data["text/plain"], /^Most frequent mistakes: class 98 taken for class 99 \(98\); /);
});

test("a class without examples is shown as such", async () => {
  const perClass = [evaluation.perClass[0], { name: "dog", accuracy: NaN, count: 0 }];
  const { data } = await capturedOne(() => showEvaluation({ ...evaluation, perClass }));
  assert.match(data["text/plain"], /dog +– +0/);
  assert.match(JSON.stringify(data[VEGA_LITE]), /"dog","accuracy":0,"figure":"no examples"/);
});

test("one draw has no interval, and the crossover is told in the reader's words", async () => {
  const one = { ...curve, points: curve.points.map((p) => ({ ...p, seeds: 1 })), stopped: true };
  const crossover = { ...curve.crossover!, size: null, note: "option-2 is ahead of option-1 everywhere" };
  const { data } = await capturedOne(() => showAccuracyVsDataSize({ ...one, crossover }));
  assert.match(data["text/plain"], /\n10 +50\.0 % +40\.0 %\n/);
  assert.match(
    data["text/plain"],
    /Stopped before its end[^]*Crossover: none; Option 2 is ahead of Option 1 everywhere/,
  );
});

test("showFilters draws every kernel, keeps no tensor, and refuses what has none", () =>
  withoutLeaks(async () => {
    const model = tinyNet();
    const shown = await capturedOne(() => showFilters(model));
    await assertPicture(shown);
    assert.match(shown.data["text/plain"], /The 32 filters of conv1, 5×5 pixels each/);
    assert.deepEqual(await capturedOne(() => showFilters(model)), shown);
    model.dispose();
    const dense = tf.sequential({ name: "plain", layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    await assert.rejects(
      showFilters(dense),
      /Cannot read the first filters of "plain": it has no convolution/,
    );
    dense.dispose();
    const wide = tf.sequential();
    wide.add(tf.layers.conv2d({ name: "c", filters: 2, kernelSize: 3, inputShape: [8, 8, 4] }));
    await assert.rejects(showFilters(wide), /filters of "c": it has to take 1 or 3 channels/);
    wide.dispose();
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
  const hardly = { ...receipt.layers[0], frozen: false, largestChange: 0.0000123 };
  const small = await capturedOne(() => showReceipt({ ...receipt, layers: [hardly] }));
  assert.match(small.data["text/plain"], /1\.2e-5 +trained/); // not 0: it did move
});

test("nothing to show is refused", async () => {
  await assert.rejects(
    showHistory({ steps: [], epochs: [], stopped: false }),
    /Cannot show the history: it has no steps/,
  );
  await assert.rejects(showAccuracyVsDataSize({ ...curve, points: [] }), /it has no points/);
  await assert.rejects(showSpread([]), /there are no trials/);
  await assert.rejects(showEvaluation({ ...evaluation, perClass: [] }), /it has no classes/);
  await assert.rejects(showConfusion({ ...evaluation, confusion: [[1, 1]] }), /1 rows for 2 classes/);
  await assert.rejects(showLayers([]), /Cannot show the layers: there are none/);
  await assert.rejects(showExamples(stripes(6), { perClass: 0 }), /Cannot show examples.*Received: 0 of 6/);
  await assert.rejects(showExamples(pick(stripes(6), [])), /Cannot show examples.*Received: 8 of 0/);
});

test("outside of a notebook the text goes to the console", async (t) => {
  const log = t.mock.method(console, "log", () => {});
  assert.equal((await captured(() => {})).length, 0);
  await showLayers(summarize(tinyNet()));
  assert.match(String(log.mock.calls[0].arguments[0]), /parameters train/);
  assert.match(curveTable(curve), /^examples/);
});
