import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate, pick, type Evaluation } from "../../src/helpers";
import { scoreLogits } from "../../src/helpers/evaluate/evaluate";
import { showMistakes } from "../../src/viz/show-mistakes";
import { stripes, tinyNet, withoutLeaks } from "../helpers/tiny";
import { assertPicture, capturedOne } from "./capture";

const images = stripes(6); // across, upright, slanting, across, upright, slanting

/** An evaluation of these logits for the six images. */
function scored(...logits: [number, number, number][]): Evaluation {
  return scoreLogits(Float32Array.from(logits.flat()), images);
}

const some = scored([9, 0, 0], [2, 0, 0], [0, 5, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]);

test("mistakes come with what it says, how surely, and what it is: the surest first", async () => {
  const shown = await capturedOne(() => showMistakes(some, images));
  await assertPicture(shown);
  const sure = (logit: number): string => `${Math.round((100 * Math.exp(logit)) / (Math.exp(logit) + 2))} %`;
  assert.deepEqual((shown.data["text/plain"] as string).split("\n"), [
    "3 of 6 named wrongly",
    `example 2: ${sure(5)} upright, but is slanting`,
    `example 1: ${sure(2)} across, but is upright`,
    `example 3: ${sure(1)} slanting, but is across`,
  ]);
  const fewer = await capturedOne(() => showMistakes(some, images, { most: 1, title: "Wrong" }));
  assert.match(fewer.data["text/plain"] as string, /^Wrong\nexample 2: [^\n]*$/);
  const plain = await capturedOne(() => showMistakes(some, images, { most: 2 }));
  assert.match(plain.data["text/plain"] as string, /^3 of 6 named wrongly, the surest 2 of them\n/);
});

test("no mistakes are told in words", async () => {
  const right = scored([1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]);
  const { data } = await capturedOne(() => showMistakes(right, images));
  assert.deepEqual(data, { "text/plain": "No mistakes: all 6 examples are named rightly." });
});

test("what a model was evaluated on is shown, and other examples are refused", async () => {
  const model = tinyNet();
  const many = stripes(40);
  await withoutLeaks(async () => {
    const evaluation = await evaluate(model, many);
    const shown = await capturedOne(() => showMistakes(evaluation, many));
    const { width } = shown.metadata["image/png"] as { width: number };
    assert.ok(width <= 620, `${width}`);
    await assert.rejects(
      showMistakes(evaluation, pick(many, [1, 2])),
      /Received: 2 of 3 classes, and an evaluation of 40 of 3/,
    );
    await assert.rejects(showMistakes(evaluation, many, { most: 0 }), /from 1. Received: 0/);
  });
  model.dispose();
});
