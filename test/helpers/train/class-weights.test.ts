import assert from "node:assert/strict";
import { test } from "node:test";
import { pick, type Examples } from "../../../src/helpers/data";
import { freeze, predictLogits } from "../../../src/helpers/model";
import { fineTune, train } from "../../../src/helpers/train";
import { classWeightsOf, type ClassWeights } from "../../../src/helpers/train/class-weights";
import { trainHead } from "../../../src/helpers/train/head";
import { assertClose, stripes, tinyNet, withoutLeaks } from "../tiny";

const classes = ["a", "b", "c"];
const weightsOf = (weights: ClassWeights, labels: number[]): number[] =>
  Array.from(classWeightsOf(weights, { labels: Int32Array.from(labels), classes })!);

test("balanced: each class counts the same in all, and the mean over the examples is 1", () => {
  const labels = [0, 0, 0, 0, 0, 0, 1, 1, 2];
  assertClose(weightsOf("balanced", labels), [9 / 18, 9 / 6, 9 / 3], 1e-6);
  assertClose(weightsOf("balanced", [0, 1, 2]), [1, 1, 1], 1e-6);
  assertClose(weightsOf("balanced", [0, 0, 1]), [3 / 4, 3 / 2, 0], 1e-6); // no example of c, no weight
  assertClose(weightsOf([1, 2, 4], labels), [9 / 14, 18 / 14, 36 / 14], 1e-6);
  assertClose(weightsOf([10, 20, 40], labels), weightsOf([1, 2, 4], labels), 1e-6);
  assert.equal(classWeightsOf(undefined, { labels: new Int32Array(1), classes }), undefined);
});

test("weights that aren't are refused", () => {
  const refuse = (weights: unknown, why: RegExp): void =>
    assert.throws(() => weightsOf(weights as ClassWeights, [0, 1]), why);
  refuse(
    [1, 2],
    /weigh classes by \[1,2\]: say "balanced", or a number from 0 for each of the 3 classes, a, b, c/,
  );
  refuse([1, -1, 1], /by \[1,-1,1\]/);
  refuse([1, NaN, 1], /Cannot weigh classes/);
  refuse("even", /by "even"/);
  refuse([0, 0, 1], /all the examples are of classes with the weight 0/);
});

/** Two pictures, each with several labels: no network can tell them apart, so the best it can say of a picture is
 * the share of each label among its examples, each counted by its weight. */
function ambiguous(): Examples {
  const two = stripes(2);
  const [of, labels] = [
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
    [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 2],
  ];
  return { ...pick(two, of), labels: Int32Array.from(labels) };
}

/** What a model says of the two pictures of {@link ambiguous}. */
async function shares(model: ReturnType<typeof tinyNet>, examples: Examples): Promise<number[]> {
  const logits = await predictLogits(model, pick(examples, [0, 8]));
  return [0, 3].flatMap((row) => {
    const powers = [0, 1, 2].map((c) => Math.exp(logits[row + c]));
    return powers.map((power) => power / powers.reduce((sum, value) => sum + value));
  });
}

function expectedShares({ labels }: Examples, weights: number[]): number[] {
  return [labels.subarray(0, 8), labels.subarray(8)].flatMap((list) => {
    const mass = [0, 1, 2].map((c) => list.filter((label) => label === c).length * weights[c]);
    return mass.map((value) => value / mass.reduce((sum, part) => sum + part));
  });
}

test("training and the quick training of the output layer both learn the weighted shares", () =>
  withoutLeaks(async () => {
    const examples = ambiguous();
    const told = { seed: 1, steps: 400, learningRate: 0.05, weightDecay: 0, task: "" };
    const cases: [ClassWeights | undefined, number[]][] = [
      [undefined, [1, 1, 1]],
      ["balanced", [1 / 9, 1 / 2, 1]],
      [
        [1, 5, 2],
        [1, 5, 2],
      ],
    ];
    for (const [classWeights, weights] of cases) {
      const expected = expectedShares(examples, weights);
      const quick = tinyNet();
      freeze(quick, "all-but-head");
      await trainHead(quick, examples, { ...told, classWeights });
      assertClose(await shares(quick, examples), expected, 0.03);
      const whole = tinyNet();
      freeze(whole, "all-but-head");
      await train(whole, examples, { ...told, schedule: "cosine", batchSize: 12, classWeights });
      assertClose(await shares(whole, examples), expected, 0.03);
      quick.dispose();
      whole.dispose();
    }
  }));

test("every strategy takes them, and says so where they are wrong", async () => {
  for (const strategy of ["option-1", "option-2", "head-then-all"] as const) {
    const tune = (classWeights: ClassWeights): Promise<unknown> =>
      fineTune(tinyNet(), stripes(12), {
        strategy,
        seed: 1,
        steps: 2,
        augment: "none",
        classWeights,
        task: "",
      });
    await assert.rejects(tune([1, 2]), /Cannot weigh classes by \[1,2\]/, strategy);
    await tune("balanced");
  }
});
