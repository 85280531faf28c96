import assert from "node:assert/strict";
import { afterEach, before, beforeEach, test } from "node:test";
import type { Examples } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import {
  freeze,
  frozenPrefix,
  headOf,
  initialize,
  layersOf,
  predictLogits,
  replaceHead,
  score,
  type Freeze,
} from "../../../src/helpers/model";
import { setReporter } from "../../../src/helpers/report";
import { fineTune, train, type FineTuneOptions, type TrainOptions } from "../../../src/helpers/train";
import { countExamples, countImages } from "../convolved";
import { assertClose, stripes, weightValues, withoutLeaks } from "../tiny";
import { pretrainedOnStripes } from "./pretrained";

before(async () => (await pretrainedOnStripes()).dispose()); // its parameters are no leak

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  setReporter({ line: (message) => lines.push(message), progress() {} });
});
afterEach(() => setReporter());

const examples = stripes(22, 5); // 22 in batches of 8: what is left over moves from epoch to epoch
const options: TrainOptions = { seed: 1, epochs: 4, batchSize: 8, learningRate: 1e-3 };

async function target(): Promise<tf.LayersModel> {
  const source = await pretrainedOnStripes();
  const model = replaceHead(source, { classes: 3, seed: 1 });
  source.dispose();
  return model;
}

/** All weights after two trainings that differ in nothing but the cache. */
async function bothWays(
  make: () => tf.LayersModel | Promise<tf.LayersModel>,
  run: (model: tf.LayersModel, cachePrefix: TrainOptions["cachePrefix"]) => Promise<unknown>,
  cached: TrainOptions["cachePrefix"] = "auto",
): Promise<void> {
  const after: number[][][] = [];
  for (const cachePrefix of ["off", cached] as const) {
    const model = await make();
    const start = weightValues(model);
    await run(model, cachePrefix);
    after.push(weightValues(model));
    assert.notDeepEqual(after.at(-1), start, "it trains");
    model.dispose();
  }
  after[0].forEach((values, i) => assertClose(after[1][i], values, 1e-5));
}

for (const optimizer of ["sgd", "adamw"] as const)
  for (const what of ["all-but-head", { upTo: "relu2" }, { upTo: "conv3" }] as const)
    test(`${optimizer}, frozen ${JSON.stringify(what)}: the same parameters as without the cache`, () =>
      withoutLeaks(async () => {
        for (const seed of [1, 2])
          await bothWays(target, async (model, cachePrefix) => {
            freeze(model, what);
            const seen = countExamples(model, "conv1");
            await train(model, examples, { ...options, optimizer, seed, cachePrefix });
            // 4 epochs of 3 batches, the last one of 6; with the cache no example comes twice.
            if (cachePrefix === "off") assert.equal(seen(), 4 * 22);
            else assert.equal(seen(), 22);
          });
      }));

test("held-out examples and early stopping: the same parameters", () =>
  bothWays(target, async (model, cachePrefix) => {
    freeze(model, { upTo: "relu3" });
    const { history } = await train(model, stripes(60), {
      ...options,
      epochs: 12,
      learningRate: 0.02,
      earlyStopping: { patience: 2 },
      cachePrefix,
    });
    assert.ok(history.epochs.every(({ heldOutLoss }) => heldOutLoss! >= 0));
  }));

test("what is watched goes through the frozen layers once, and is measured as the whole model would", () =>
  withoutLeaks(async () => {
    const model = await target();
    freeze(model, { upTo: "relu3" });
    const watch = stripes(30, 9);
    const seen = countExamples(model, "conv1");
    const { history } = await train(model, examples, { ...options, watch });
    assert.equal(seen(), 22 + 30);
    const { loss, accuracy } = score(await predictLogits(model, watch), watch.labels);
    const last = history.epochs.at(-1)!;
    assertClose([last.heldOutLoss!, last.heldOutAccuracy!], [loss, accuracy]);
    model.dispose();
  }));

test("gradual, which unfreezes block by block: the same parameters", () =>
  withoutLeaks(() =>
    bothWays(target, (model, cachePrefix) =>
      fineTune(model, examples, { strategy: "gradual", seed: 2, steps: 20, augment: "none", cachePrefix }),
    ),
  ));

/** A trunk inside a model, in it a block that is skipped past, dropout behind it. */
function nested(): tf.LayersModel {
  const inner = tf.input({ shape: [16, 16, 3] });
  const conv = (name: string) => tf.layers.conv2d({ name, filters: 4, kernelSize: 3, padding: "same" });
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(x) as tf.SymbolicTensor;
  const first = apply(conv("a"), inner);
  const norm = apply(tf.layers.batchNormalization({ name: "norm" }), first);
  const block = apply(conv("b"), apply(tf.layers.reLU({ name: "relu" }), norm));
  const sum = apply(tf.layers.add({ name: "sum" }), [norm, block]);
  const trunk = tf.model({ name: "trunk", inputs: inner, outputs: sum });
  const input = tf.input({ shape: [16, 16, 3] });
  const scaled = apply(tf.layers.rescaling({ scale: 1 / 128, offset: -1 }), input);
  const pooled = apply(tf.layers.globalAveragePooling2d({}), apply(trunk, scaled));
  const dropped = apply(tf.layers.dropout({ rate: 0.5, seed: 7 }), pooled);
  const model = tf.model({
    inputs: input,
    outputs: apply(tf.layers.dense({ name: "head", units: 3 }), dropped),
  });
  initialize(model, { seed: 1 });
  return model;
}

for (const [what, runs] of [
  ["all-but-head", 22],
  [["trunk/a", "trunk/norm"], 22],
  [["trunk/a"], 22], // batch norm behind it trains
  [["trunk/b"], 4 * 22], // what feeds it trains
  [["trunk/norm"], 4 * 22],
] as const)
  test(`a nested model, frozen ${JSON.stringify(what)}: the same parameters, dropout and all`, () =>
    withoutLeaks(() =>
      bothWays(nested, async (model, cachePrefix) => {
        freeze(model, what);
        const given = countImages(model);
        await train(model, examples, { ...options, learningRate: 0.01, cachePrefix });
        assert.equal(given(), cachePrefix === "off" ? 4 * 22 : runs);
      }),
    ));

test("layers that draw numbers are not cached, nor what follows them", async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.rescaling({ scale: 1 / 255, offset: 0, inputShape: [16, 16, 3] }),
      tf.layers.conv2d({ name: "a", filters: 2, kernelSize: 3 }),
      tf.layers.gaussianNoise({ stddev: 0.1 }),
      tf.layers.conv2d({ name: "b", filters: 2, kernelSize: 3 }),
      tf.layers.flatten(),
      tf.layers.dense({ name: "head", units: 3 }),
    ],
  });
  freeze(model, "all-but-head");
  const [a, b] = [countExamples(model, "a"), countExamples(model, "b")];
  await train(model, examples, options);
  assert.deepEqual([a(), b()], [22, 4 * 22]);
});

test("augmentation steps aside unless copies are asked for; up to so many epochs come out as without", async () => {
  const run = async (cachePrefix: TrainOptions["cachePrefix"], epochs: number) => {
    const model = await target();
    freeze(model, { upTo: "relu3" });
    const seen = countExamples(model, "conv1");
    await train(model, examples, { ...options, epochs, augment: "light", cachePrefix });
    const weights = weightValues(model).flat();
    model.dispose();
    return { weights, seen: seen() };
  };
  assert.deepEqual(await run("auto", 3), await run("off", 3));
  assert.deepEqual(await run({ copies: 3 }, 3), await run("off", 3));
  const [some, all] = [await run({ copies: 2 }, 6), await run("off", 6)];
  assert.deepEqual([some.seen, all.seen], [2 * 22, 6 * 22]);
  assert.notDeepEqual(some.weights, all.weights);
  assert.deepEqual(await run({ copies: 2 }, 6), some, "the same seed, the same model");
});

test("what is frozen, or written, between two steps is not served stale", () =>
  withoutLeaks(() =>
    bothWays(target, async (model, cachePrefix) => {
      freeze(model, { upTo: "relu3" });
      const conv1 = layersOf(model).find(({ name }) => name === "conv1")!.layer;
      const seen = countExamples(model, "conv1");
      const counts: number[] = [];
      await train(model, stripes(24), {
        ...options,
        epochs: 8,
        cachePrefix,
        onStep({ step }) {
          if (step % 6 === 0) counts.push(seen());
          if (step === 6) freeze(model, { upTo: "relu1" });
          if (step === 12) freeze(model, { upTo: "relu3" });
          if (step !== 18) return;
          const [kernel] = conv1.getWeights();
          const other = tf.mul(kernel, 1.5);
          layersOf(model).forEach(({ layer }) => layer === conv1 && layer.setWeights([other]));
          other.dispose();
        },
      }).catch((error: Error) => assert.match(error.message, /Frozen layer "conv1" moved/));
      if (cachePrefix !== "off") assert.deepEqual(counts, [24, 48, 72, 96]);
    }),
  ));

test("another call sees other data and other parameters", async () => {
  const model = await target();
  freeze(model, { upTo: "relu3" });
  const mine: Examples = { ...examples, images: examples.images.slice() };
  const seen = countExamples(model, "conv1");
  for (let call = 1; call <= 3; call++) {
    await train(model, mine, options);
    assert.equal(seen(), 22 * call);
    mine.images.fill(100, 0, 500);
  }
  model.dispose();
});

test("what memory can't hold goes to a temporary file, what the disk can't is computed anew; both are said", () =>
  withoutLeaks(async () => {
    const run = (model: tf.LayersModel, cachePrefix: TrainOptions["cachePrefix"]) => {
      freeze(model, { upTo: "relu2" });
      return train(model, examples, { ...options, cachePrefix });
    };
    await bothWays(target, run, { memoryMB: 0.01 });
    assert.match(
      lines.join(),
      /^What the frozen layers make of the examples takes 0\.09 MB, more than the 0\.01 MB of memory for it: it is kept in a temporary file\.$/,
    );
    lines = [];
    await bothWays(target, run, { memoryMB: 0, diskMB: 0 });
    assert.match(
      lines.join(),
      /^What .* of memory and the 0 MB of disk for it: it is computed anew in every epoch\.$/,
    );
    lines = [];
    await bothWays(target, run, { memoryMB: 1 });
    assert.deepEqual(lines, []);
  }));

test("an abort and a loss that is not a number leave nothing behind, in memory or on disk", () =>
  withoutLeaks(async () => {
    for (const cachePrefix of [{}, { memoryMB: 0 }]) {
      const model = await target();
      freeze(model, { upTo: "relu3" });
      const controller = new AbortController();
      const { history } = await train(model, examples, {
        ...options,
        cachePrefix,
        signal: controller.signal,
        onStep: ({ step }) => (step === 5 ? controller.abort() : undefined),
      });
      assert.deepEqual([history.steps.length, history.stopped], [5, true]);
      await assert.rejects(
        train(model, examples, { ...options, cachePrefix, optimizer: "sgd", learningRate: 1e30 }),
        /loss became NaN at step \d, .*The model is as it was before/,
      );
      model.dispose();
    }
  }));

test("one epoch keeps nothing, and a nonsensical wish is refused", async () => {
  const model = await target();
  freeze(model, { upTo: "relu3" });
  await train(model, examples, { ...options, epochs: 1, cachePrefix: { memoryMB: 0, diskMB: 0 } });
  assert.deepEqual(lines, []);
  for (const cachePrefix of ["on", { copies: 0 }, { memoryMB: -1 }, { copies: 1.5 }, null])
    await assert.rejects(
      fineTune(model, examples, { seed: 1, cachePrefix } as FineTuneOptions),
      /cachePrefix is "auto", "off" or \{ copies, memoryMB, diskMB \}.* Received: /,
    );
  assert.equal(headOf(model).name, "head");
  model.dispose();
});

test("Option 1 makes as many changed copies as are asked for", async () => {
  const model = await target();
  const seen = countExamples(model, "conv1");
  const one = { strategy: "option-1", seed: 1, steps: 2 } as const;
  await fineTune(model, examples, one);
  assert.equal(seen(), 10 * 22);
  await fineTune(model, examples, { ...one, cachePrefix: { copies: 3 } });
  assert.equal(seen(), 13 * 22);
  await fineTune(model, examples, { ...one, augment: "none", cachePrefix: "off" });
  assert.equal(seen(), 14 * 22);
  await assert.rejects(fineTune(model, examples, { ...one, cachePrefix: { copies: 0 } }), /copies from 1/);
  model.dispose();
});

test("Option 1 stops where the signal says, tells every step in order, and leaves nothing behind", () =>
  withoutLeaks(async () => {
    const model = await target();
    const controller = new AbortController();
    const told: number[] = [];
    const one = { strategy: "option-1", seed: 1, augment: "none" } as const;
    const { history } = await fineTune(model, examples, {
      ...one,
      signal: controller.signal,
      onStep: ({ step }) => void (told.push(step) === 7 && controller.abort()),
    });
    assert.deepEqual(told, [1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual([history.steps.length, history.stopped], [7, true]);
    const unwatched = await fineTune(model, examples, { ...one, steps: 7 });
    assert.deepEqual(
      unwatched.history.steps.map(({ step }) => step),
      told,
    );
    model.dispose();
  }));

test("the cut goes as high as one frozen tensor does, and not where nothing is frozen", async () => {
  const model = await target();
  const cutOf = (what: Freeze): string | undefined => {
    freeze(model, what);
    const prefix = frozenPrefix(model);
    return prefix?.graph[prefix.cut].name;
  };
  assert.equal(cutOf("nothing"), undefined);
  assert.equal(cutOf("all-but-head"), "flatten");
  assert.equal(cutOf({ upTo: "conv2" }), "pool2"); // norm2 trains
  assert.equal(cutOf(["conv1"]), "pool1");
  assert.equal(cutOf(["conv2", "norm2"]), undefined);
  model.dispose();
});
