import assert from "node:assert/strict";
import { test } from "node:test";
import { foldsInterval } from "../../src/helpers/evaluate/intervals";
import type { Recommendation } from "../../src/helpers/evaluate/recommend";
import { recommendationTable, showRecommendation } from "../../src/viz/show-recommendation";
import { assertPicture, capturedOne } from "./capture";

const sizes = { heldOut: 10, trained: 40 };
const first = [0.7, 0.8, 0.6, 0.9, 0.7];
const second = [0.9, 0.8, 0.8, 0.8, 1];
const differences = second.map((value, i) => value - first[i]);
const recommendation: Recommendation = {
  choice: "option-1",
  why: "Option 1: as good as Option 2 within the interval, and 7 times cheaper. Option 2's lead over Option 1 is 12.0 points (95 % interval −12.3 to 36.3): that may be chance.",
  options: [
    { strategy: "option-1", accuracies: first, seconds: 0.5, temperature: 2, ...foldsInterval(first, sizes) },
    {
      strategy: "option-2",
      accuracies: second,
      seconds: 14,
      temperature: 1,
      ...foldsInterval(second, sizes),
    },
  ],
  leads: [{ of: "option-2", over: "option-1", differences, ...foldsInterval(differences, sizes) }],
  examples: 50,
  trained: 40,
  rounds: 5,
  planned: 5,
  source: "photos",
  stopped: false,
};

test("the chart has a dot for each option in each fold, and for each difference; its words say the choice", async () => {
  const shown = await capturedOne(() => showRecommendation(recommendation));
  await assertPicture(shown);
  const spec = JSON.stringify(shown.data["application/vnd.vegalite.v5+json"]);
  assert.match(spec, /Option 1: as good as Option 2 within the interval, and 7 times cheaper"/);
  const { vconcat } = JSON.parse(spec) as { vconcat: { layer: { data: { values: object[] } }[] }[] };
  assert.deepEqual(
    vconcat.map(({ layer }) => layer[1].data.values.length),
    [10, 5],
  );
});

test("the text has the figures and the reason", () => {
  const lines = recommendationTable(recommendation).split("\n");
  assert.match(lines[1], /^Option 1: head only +74.0 % +\S+ % to \S+ % +0.50$/);
  assert.match(lines[2], /^Option 2: all parameters +86.0 % .* 14$/);
  assert.equal(lines[3], "(5 folds: 40 examples to train on and 10 others to measure on)");
  assert.equal(lines[4], recommendation.why);
  const cut = { ...recommendation, stopped: true, planned: 10 };
  assert.match(recommendationTable(cut), /5 of 10 folds, stopped before the end/);
});

test("without two complete folds there is only the reason", async () => {
  const nothing = { ...recommendation, options: [], leads: [], rounds: 1, why: "Option 1: no time." };
  assert.equal(recommendationTable(nothing), "Option 1: no time.");
  await assert.rejects(showRecommendation(nothing), /1 of 5 folds were complete, and it takes two/);
});
