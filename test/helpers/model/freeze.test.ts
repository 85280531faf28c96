import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { freeze, headOf, isFrozen, layersOf, summarize, trainableWeights } from "../../../src/helpers/model";
import { train } from "../../../src/helpers/train";
import { stripes, tinyNet, weightValues, withoutLeaks } from "../tiny";

const examples = stripes(24);

function convAndNorm(prefix: string, inputShape?: [number, number, number]): tf.layers.Layer[] {
  return [
    tf.layers.conv2d({ name: `${prefix}conv`, filters: 4, kernelSize: 3, ...(inputShape && { inputShape }) }),
    tf.layers.batchNormalization({ name: `${prefix}norm` }),
    tf.layers.reLU(),
  ];
}

const kinds: Record<string, () => tf.LayersModel> = {
  sequential: () =>
    tf.sequential({
      layers: [
        ...convAndNorm("a", [16, 16, 3]),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3, name: "head" }),
      ],
    }),
  functional: () => {
    const input = tf.input({ shape: [16, 16, 3] });
    const left = convAndNorm("l").reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
    const right = convAndNorm("r").reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
    const joined = tf.layers.flatten().apply(tf.layers.add().apply([left, right])) as tf.SymbolicTensor;
    const outputs = tf.layers.dense({ units: 3, name: "head" }).apply(joined) as tf.SymbolicTensor;
    return tf.model({ inputs: input, outputs });
  },
  nested: () => {
    const trunk = tf.sequential({
      name: "trunk",
      layers: [...convAndNorm("n", [16, 16, 3]), tf.layers.flatten()],
    });
    return tf.sequential({ layers: [trunk, tf.layers.dense({ units: 3, name: "head" })] });
  },
};

for (const [kind, build] of Object.entries(kinds)) {
  test(`${kind}: all but the head stays bit-identical, batch-norm statistics included`, async () => {
    const model = build();
    freeze(model, "all-but-head");
    const before = weightValues(model);
    const { receipt } = await train(model, examples, { seed: 1, steps: 5, batchSize: 8 });
    const after = weightValues(model);
    assert.deepEqual(after.slice(0, -2), before.slice(0, -2));
    assert.notDeepEqual(after.slice(-2), before.slice(-2));
    assert.ok(
      receipt.layers.filter(({ frozen }) => frozen).every(({ largestChange }) => largestChange === 0),
    );
    assert.equal(receipt.trainable, receipt.layers.at(-1)!.total);
  });

  test(`${kind}: unfreezing acts at once, without compile, and so does freezing again`, async () => {
    const model = build();
    freeze(model, "all-but-head");
    await train(model, examples, { seed: 1, steps: 2, batchSize: 8 });
    freeze(model, "nothing");
    const before = weightValues(model);
    await train(model, examples, { seed: 1, steps: 2, batchSize: 8 });
    const between = weightValues(model);
    between.forEach((values, i) => assert.notDeepEqual(values, before[i], `weight ${i} did not move`));
    freeze(model, "all-but-head");
    await train(model, examples, { seed: 1, steps: 2, batchSize: 8 });
    assert.deepEqual(weightValues(model).slice(0, -2), between.slice(0, -2));
  });
}

test("freezing in the middle of a training takes effect at the next step", async () => {
  const model = kinds.sequential();
  let atStepThree: number[][] = [];
  await train(model, examples, {
    seed: 1,
    steps: 6,
    batchSize: 8,
    onStep: ({ step }) => {
      if (step !== 3) return;
      freeze(model, "all-but-head");
      atStepThree = weightValues(model);
    },
  });
  assert.deepEqual(weightValues(model).slice(0, -2), atStepThree.slice(0, -2));
});

test("stock TensorFlow.js re-enables a frozen trunk inside a sequential model; here it stays frozen", async () => {
  const stock = kinds.nested();
  (stock.layers[0] as tf.LayersModel).trainable = false;
  const before = weightValues(stock);
  await stockFit(stock);
  assert.notDeepEqual(
    weightValues(stock)[0],
    before[0],
    "stock has learned to keep its promise: drop this test",
  );

  const ours = kinds.nested();
  freeze(ours, "all-but-head");
  ours.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" }); // re-enables the trunk behind our back
  const mine = weightValues(ours);
  await train(ours, examples, { seed: 1, steps: 3, batchSize: 8 });
  assert.deepEqual(weightValues(ours).slice(0, -2), mine.slice(0, -2));
});

test("stock batch norm drifts while frozen; here it doesn't, not even under stock fit", async () => {
  const statistics = (model: tf.LayersModel): number[][] => weightValues(model).slice(-4, -2);
  const stock = kinds.sequential();
  stock.layers.slice(0, -1).forEach((layer) => (layer.trainable = false));
  const before = statistics(stock);
  await stockFit(stock);
  assert.notDeepEqual(statistics(stock), before, "stock has learned to keep its promise: drop this test");

  const ours = kinds.sequential();
  freeze(ours, "all-but-head");
  const mine = statistics(ours);
  await stockFit(ours);
  assert.deepEqual(statistics(ours), mine);
});

test("stock unfreezing does nothing until compile; here it acts at once", async () => {
  const stock = kinds.sequential();
  stock.layers[0].trainable = false;
  stock.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" });
  stock.layers[0].trainable = true;
  const before = weightValues(stock)[0];
  await stockFit(stock, false);
  assert.deepEqual(weightValues(stock)[0], before, "stock has learned to unfreeze: drop this test");

  const ours = kinds.sequential();
  freeze(ours, ["aconv"]);
  freeze(ours, "nothing");
  await train(ours, examples, { seed: 1, steps: 2, batchSize: 8 });
  assert.notDeepEqual(weightValues(ours)[0], before);
});

async function stockFit(model: tf.LayersModel, compile = true): Promise<void> {
  if (compile) model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" });
  const x = tf.tensor4d(Float32Array.from(examples.images), [24, 16, 16, 3]).div(255);
  const y = tf.oneHot(tf.tensor1d(examples.labels, "int32"), 3);
  await model.fit(x, y, { epochs: 1, batchSize: 8, verbose: 0 });
  tf.dispose([x, y]);
}

test("freeze takes a layer to freeze up to, or a list, and names the layers where one is unknown", () =>
  withoutLeaks(() => {
    const model = tinyNet();
    const frozen = (): string[] =>
      layersOf(model).flatMap(({ name, layer }) => (isFrozen(layer) ? [name] : []));
    freeze(model, { upTo: "norm2" });
    assert.deepEqual(
      frozen().filter((name) => /conv|norm/.test(name)),
      ["conv1", "norm1", "conv2", "norm2"],
    );
    assert.deepEqual(trainableWeights(model)[0].name, "conv3");
    freeze(model, ["conv1", "conv3"]);
    assert.deepEqual(frozen(), ["conv1", "conv3"]);
    assert.ok(summarize(model).find(({ name }) => name === "conv3")!.frozen);
    assert.throws(
      () => freeze(model, { upTo: "conv9" }),
      /Cannot freeze up to "conv9": the layers are .*"conv1".*"head"/,
    );
    assert.throws(() => freeze(model, ["nose"]), /Cannot freeze "nose": the layers are/);
    assert.throws(() => freeze(model, "everything" as "nothing"), /Received: "everything"/);
    assert.equal(headOf(model).name, "head");
    model.dispose();
  }));
