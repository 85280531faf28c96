import assert from "node:assert/strict";
import { test } from "node:test";
import type { tf } from "../../../src/helpers/engine";
import { weightsOf } from "../../../src/helpers/model";
import { pretrain, type PretrainOptions, type SnapshotOptions } from "../../../src/helpers/train";
import { stripes, tinyNet, weightValues, withoutLeaks } from "../tiny";

const examples = stripes(48);
const options: PretrainOptions = { seed: 1, steps: 5, batchSize: 16, task: "" };

function kernelOf(model: tf.LayersModel, layer: string): Float32Array {
  return weightsOf(model.getLayer(layer))[0].read().dataSync().slice() as Float32Array;
}

async function pretrained(snapshots?: SnapshotOptions, more: Partial<PretrainOptions> = {}) {
  const model = tinyNet();
  const result = await pretrain(model, examples, { ...options, ...more, snapshots });
  return { model, ...result };
}

test("snapshots are the kernels as they were after their steps, and at the end", () =>
  withoutLeaks(async () => {
    const model = tinyNet();
    const was = [kernelOf(model, "conv1")];
    const { snapshots } = await pretrain(model, examples, {
      ...options,
      snapshots: { atSteps: [4, 0, 2, 2] },
      onStep: () => void was.push(kernelOf(model, "conv1")),
    });
    assert.deepEqual(
      snapshots.map(({ step, layer, shape }) => [step, layer, shape]),
      [0, 2, 4, 5].map((step) => [step, "conv1", [5, 5, 3, 32]]),
    );
    for (const { step, kernel } of snapshots) assert.deepEqual(kernel, was[step], `step ${step}`);
    assert.notDeepEqual(was[0], was[2]);
    assert.deepEqual(snapshots[3].kernel, kernelOf(model, "conv1"));
    model.dispose();
  }));

test("the layer is the one asked for; steps past the end are left out, the end comes once", async () => {
  const { model, snapshots } = await pretrained({ layer: "conv3", atSteps: [1, 5, 6, 1000] });
  assert.deepEqual(
    snapshots.map(({ step, layer, shape }) => [step, layer, shape]),
    [1, 5].map((step) => [step, "conv3", [3, 3, 64, 128]]),
  );
  assert.deepEqual(snapshots[1].kernel, kernelOf(model, "conv3"));
  model.dispose();
  const none = await pretrained({ atSteps: [] });
  assert.deepEqual(
    none.snapshots.map(({ step }) => step),
    [5],
  );
  none.model.dispose();
});

test("the training is the same with and without them", async () => {
  const [plain, watched] = [await pretrained(), await pretrained({ atSteps: [0, 1, 2, 3] })];
  assert.deepEqual(plain.snapshots, []);
  assert.deepEqual(watched.history, plain.history);
  assert.deepEqual(watched.receipt, plain.receipt);
  assert.deepEqual(weightValues(watched.model), weightValues(plain.model));
  plain.model.dispose();
  watched.model.dispose();
});

test("one that is stopped ends with the kernels at that step, one with early stopping with the best", async () => {
  const controller = new AbortController();
  const stopped = await pretrained(
    { atSteps: [0, 4] },
    { signal: controller.signal, onStep: ({ step }) => (step === 2 ? controller.abort() : undefined) },
  );
  assert.deepEqual(
    stopped.snapshots.map(({ step }) => step),
    [0, 2],
  );
  assert.deepEqual(stopped.snapshots[1].kernel, kernelOf(stopped.model, "conv1"));
  const early = await pretrained(
    { atSteps: Array.from({ length: 60 }, (_, step) => step) },
    {
      steps: undefined,
      epochs: 20,
      learningRate: 0.5,
      schedule: "constant",
      earlyStopping: { heldOut: 0.3, patience: 2 },
    },
  );
  assert.ok(early.history.stopped);
  const last = early.snapshots.at(-1)!;
  assert.equal(last.step, early.history.steps.length);
  assert.deepEqual(last.kernel, kernelOf(early.model, "conv1"));
  assert.equal(early.snapshots.filter(({ step }) => step === last.step).length, 1);
  const { epochs, steps } = early.history;
  const best = epochs.reduce((a, b) => (b.heldOutLoss! < a.heldOutLoss! ? b : a)).epoch;
  const bestStep = steps.filter(({ epoch }) => epoch === best).at(-1)!.step;
  assert.ok(bestStep < last.step);
  assert.deepEqual(last.kernel, early.snapshots.find(({ step }) => step === bestStep)!.kernel);
  stopped.model.dispose();
  early.model.dispose();
});

test("what can't be kept is refused before anything is trained", () =>
  withoutLeaks(async () => {
    const model = tinyNet();
    const before = weightValues(model);
    const wrong = (snapshots: SnapshotOptions): Promise<unknown> =>
      pretrain(model, examples, { ...options, snapshots });
    for (const step of [-1, 0.5, NaN])
      await assert.rejects(
        wrong({ atSteps: [0, step] }),
        new RegExp(`a step is a whole number from 0. Received: ${step}`),
      );
    await assert.rejects(
      wrong({ layer: "head", atSteps: [0] }),
      /Cannot keep snapshots of the kernels of "head": the convolutions are "conv1", /,
    );
    assert.deepEqual(weightValues(model), before);
    model.dispose();
  }));
