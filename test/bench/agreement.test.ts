import assert from "node:assert/strict";
import { test } from "node:test";
import { describeReached, disagreement } from "../../bench/race/agreement";

const losses = Array.from({ length: 30 }, (_, step) => 2.3 / (1 + step / 10));

test("losses agree where the first is the same and the last nearly", () => {
  assert.equal(disagreement({ losses }, { losses }), undefined);
  const drifted = losses.map((loss, step) => loss * (1 + step / 3000));
  assert.equal(disagreement({ losses }, { losses: drifted }), undefined);
});

test("other parameters, other batches and other optimisers are found out", () => {
  const others = losses.map((loss, step) => (step === 0 ? loss + 0.01 : loss));
  assert.match(disagreement({ losses }, { losses: others })!, /^the first loss is 2\.31/);
  const slower = losses.map((loss, step) => (step === 0 ? loss : loss * 1.05));
  assert.match(disagreement({ losses }, { losses: slower })!, /^the mean of the last 5 losses is/);
  assert.match(disagreement({ losses }, { losses: losses.slice(1) })!, /30 steps, it 29/);
  assert.match(disagreement({ losses }, { losses: [NaN, ...losses.slice(1)] })!, /first loss is NaN/);
});

test("ours may be more accurate, not less", () => {
  assert.equal(disagreement({ accuracy: 0.97 }, { accuracy: 0.9 }), undefined);
  assert.equal(disagreement({ accuracy: 0.97 }, { accuracy: 0.975 }), undefined);
  assert.match(disagreement({ accuracy: 0.95 }, { accuracy: 0.97 })!, /ours reached 95\.0 %, it 97\.0 %/);
});

test("features are compared with the largest, however small they are", () => {
  assert.equal(disagreement({ features: [1e-20, 0] }, { features: [1e-20, 1e-24] }), undefined);
  assert.match(disagreement({ features: [1e-20, 0] }, { features: [1e-20, 1e-22] })!, /differ/);
});

test("a class is the same or not; figures of different kinds never agree", () => {
  assert.equal(disagreement({ class: 3 }, { class: 3 }), undefined);
  assert.match(disagreement({ class: 3 }, { class: 4 })!, /class 3, it 4/);
  assert.ok(disagreement({ class: 3 }, { accuracy: 1 }));
});

test("what was reached is said in a few words", () => {
  assert.equal(describeReached({ accuracy: 0.9745 }), "accuracy 97.5 %");
  assert.equal(describeReached({ losses: [2, 1, 1, 1, 1, 1] }), "loss 2.000 → 1.000");
});
