/** The freeze panel as an object, and with a page that a test plays; test/live/jupyter has a browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  detectorCensus,
  evaluate,
  freeze,
  isFrozen,
  sample,
  tf,
  train,
  weightedLayers,
} from "../../../src/helpers";
import { setReporter } from "../../../src/helpers/report";
import { freezePanel, type FreezePanel, type PanelSettings, type PanelState } from "../../../src/live/panel";
import { stripes, tinyNet, weightValues } from "../../helpers/tiny";
import { NotebookStandIn } from "../kernel/stand-in";

const CLASSES = ["across", "upright", "slanting"];
const part = (count: number, seed: number) => stripes(count, seed, CLASSES);
const data = {
  name: "stripes",
  classes: CLASSES,
  input: part(3, 1).input,
  train: part(90, 1),
  test: part(60, 2),
};
const SETTINGS: PanelSettings = { freeze: "all-but-head", examples: 30, learningRate: 0.003, steps: 12 };
const NORM1 = { upTo: "norm1" };

const book = new NotebookStandIn();

function make(options: Partial<Parameters<typeof freezePanel>[2]> = {}) {
  const model = tinyNet(1, CLASSES);
  return { model, panel: freezePanel(model, data, { seed: 1, census: false, ...options }) };
}

/** What a page would set, and then ask for. */
async function fromPage(panel: FreezePanel, state: Partial<PanelState>, action?: string): Promise<void> {
  const send = (content: object) =>
    book.send("comm_msg", { comm_id: panel.id, data: content as Record<string, unknown> });
  await send({ method: "update", state });
  if (action) await send({ method: "custom", content: { action } });
}

/** Waits for a state of the panel. */
function until(panel: FreezePanel, holds: (state: PanelState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => (holds(panel.state) ? resolve() : void setImmediate(look));
    look();
  });
}

const namesFrozen = (model: tf.LayersModel): string[] =>
  weightedLayers(model).flatMap(({ name, layer }) => (isFrozen(layer) ? [name] : []));

test("rows go from input to head, batch norm with its convolution, and say what units detect", async () => {
  const { model, panel } = make({ census: true });
  assert.deepEqual(
    panel
      .get("rows")
      .map(({ layers, kind, outputShape, parameters }) => [layers, kind, outputShape, parameters]),
    [
      [["conv1", "norm1"], "5×5 convolution + batch norm", [16, 16, 32], 2464],
      [["conv2", "norm2"], "3×3 convolution + batch norm", [8, 8, 64], 18560],
      [["conv3", "norm3"], "3×3 convolution + batch norm", [4, 4, 128], 73984],
      [["conv4", "norm4"], "3×3 convolution + batch norm", [2, 2, 128], 147712],
      [["head"], "dense", [3], 1539],
    ],
  );
  const shown = await panel.still();
  assert.match(shown.data["text/plain"], /244,259 of 244,259 parameters train\n {2}conv1 .*: trains/);
  await book.run(() => panel.show());
  const { layers } = await detectorCensus(model, { controls: 1, input: data.input });
  panel
    .get("rows")
    .slice(0, 4)
    .forEach(({ shares }, i) => {
      for (const kind of ["straight", "corner", "curve", "other"] as const)
        assert.equal(shares![kind], layers[i].shares[kind].value);
    });
  assert.equal(panel.get("rows")[4].detects, "tells the 3 classes apart");
});

test("the work of a step is estimated by its multiplications", () => {
  const { panel } = make();
  // Forward, for one image, in millions: places × weights.
  const conv1 = 16 * 16 * 5 * 5 * 3 * 32;
  const conv2 = 8 * 8 * 9 * 32 * 64;
  const conv3 = 4 * 4 * 9 * 64 * 128;
  const conv4 = 2 * 2 * 9 * 128 * 128;
  const head = 2 * 2 * 128 * 3;
  assert.equal(panel.get("cost").multiplyAdds, 32 * (2 * conv1 + 3 * (conv2 + conv3 + conv4 + head)));
  panel.set({ frozen: ["conv1", "norm1", "conv2", "norm2", "conv3", "norm3", "conv4", "norm4"] });
  assert.equal(panel.get("cost").multiplyAdds, 32 * 2 * head);
  panel.set({ frozen: ["conv2", "norm2"], examples: 10 });
  assert.equal(panel.get("cost").multiplyAdds, 10 * (2 * conv1 + 2 * conv2 + 3 * (conv3 + conv4 + head)));
});

test("a run trains as train does, tells what came of it, and leaves frozen layers and tensors alone", async () => {
  const { model, panel } = make();
  const tensors = tf.memory().numTensors;
  const run = await panel.run(SETTINGS);
  assert.equal(tf.memory().numTensors, tensors, "tensors leaked");
  assert.equal(run.trainable, 1539);
  assert.equal(run.stepsDone, 12);
  assert.equal(run.stopped, false);
  assert.equal(
    run.code,
    'await panel.run({ freeze: "all-but-head", examples: 30, learningRate: 0.003, steps: 12 });',
  );
  assert.equal(run.testAccuracy, (await evaluate(model, data.test)).accuracy);
  assert.equal(panel.get("curve").at(-1)!.step, 12);
  assert.deepEqual(
    panel.get("tests").map(({ step }) => step),
    [3, 6, 9, 12],
  );
  assert.ok(panel.get("cost").stepMs! > 0);
  const fresh = tinyNet(1, CLASSES);
  weightValues(fresh)
    .slice(0, -2)
    .forEach((values, i) => assert.deepEqual(weightValues(model)[i], values));
});

test("each run begins with the same parameters, but for one that continues; reset puts them back", async () => {
  const { model, panel } = make();
  const made = weightValues(model);
  const first = await panel.run(SETTINGS);
  const after = weightValues(model);
  await panel.run({ ...SETTINGS, freeze: "nothing", steps: 3 });
  assert.equal((await panel.run(SETTINGS)).testAccuracy, first.testAccuracy);
  assert.deepEqual(weightValues(model), after);
  const more = await panel.run({ ...SETTINGS, continue: true });
  assert.match(more.code, /steps: 12, continue: true \}/);
  assert.ok(more.loss < first.loss);
  await panel.reset();
  assert.deepEqual(weightValues(model), made);
  assert.equal(panel.get("history").length, 4);
});

test("what a page sets and starts gives the same as the call, to the bit, and the state tells of it", async () => {
  const live = make();
  const called = make();
  await book.run(() => live.panel.show());
  const frozen = ["conv1", "norm1", "conv2", "norm2"];
  await fromPage(live.panel, { frozen, examples: 30, learningRate: 0.002, steps: 8 }, "train");
  assert.equal(live.panel.get("status"), "training");
  await until(live.panel, ({ status }) => status === "ready");
  const { seconds: one, ...byHand } = live.panel.get("history")[0];
  const settings = { freeze: { upTo: "norm2" }, examples: 30, learningRate: 0.002, steps: 8 };
  const { seconds: other, ...byCall } = await called.panel.run(settings);
  assert.ok(one! > 0 && other > 0);
  assert.deepEqual(byHand, byCall);
  assert.deepEqual(weightValues(live.model), weightValues(called.model));
  assert.deepEqual(live.panel.get("curve"), called.panel.get("curve"));
});

test("switches that change while it trains count from the next step, and the line of code repeats it", async () => {
  const { model, panel } = make();
  await book.run(() => panel.show());
  await fromPage(panel, { frozen: namesOf(model).slice(0, -1), examples: 30, steps: 40 }, "train");
  await until(panel, ({ curve }) => curve.length >= 1);
  await fromPage(panel, { frozen: [] });
  await until(panel, ({ trainable }) => trainable === 244259);
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve)); // a few steps
  await fromPage(panel, { frozen: ["conv1", "norm1"] });
  await until(panel, ({ status }) => status === "ready");
  assert.deepEqual(namesFrozen(model), ["conv1", "norm1"]);
  const [run] = panel.get("history");
  assert.equal(run.settings.freeze, "all-but-head");
  assert.deepEqual(
    run.settings.then!.map((change) => change.freeze),
    ["nothing", NORM1],
  );
  assert.equal(run.trainable, 244259);

  const again = make();
  const repeated = await again.panel.run(run.settings);
  assert.equal(repeated.code, run.code);
  assert.deepEqual(weightValues(again.model), weightValues(model));

  // The oracle: train itself, with nothing kept of the frozen layers.
  const oracle = tinyNet(1, CLASSES);
  freeze(oracle, "all-but-head");
  const few = sample(data.train, { size: 30, seed: 1 });
  await train(oracle, few, {
    seed: 1,
    steps: 40,
    learningRate: 0.003,
    weightDecay: 0.01,
    cachePrefix: "off",
    task: "",
    onStep({ step }) {
      const change = run.settings.then!.find(({ afterStep }) => afterStep === step);
      if (change) freeze(oracle, change.freeze);
    },
  });
  const trained = weightValues(model).flat();
  const largest = weightValues(oracle)
    .flat()
    .reduce((most, value, i) => Math.max(most, Math.abs(value - trained[i])), 0);
  assert.ok(largest < 0.02, `${largest}`);
});

test("stop ends it at the next batch, with what it has, and cells run meanwhile", async () => {
  const { panel } = make();
  await book.run(() => panel.show());
  await fromPage(panel, { frozen: [], steps: 2000 }, "train");
  await until(panel, ({ curve }) => curve.length > 0);
  let ran = false;
  const cell = await book.run(() => void (ran = true));
  assert.equal(book.replyTo(cell).content.status, "ok");
  assert.ok(ran && panel.get("status") === "training");
  await assert.rejects(panel.run(SETTINGS), /Cannot run: the panel is training\. Stop it first/);
  await fromPage(panel, {}, "stop");
  await panel.stop();
  const [run] = panel.get("history");
  assert.ok(run.stopped && run.stepsDone < 2000);
  assert.match(panel.get("message"), /^Stopped after \d+ of 2000 steps\.$/);
  assert.equal(panel.get("status"), "ready");
  assert.equal((await panel.run(SETTINGS)).stopped, false);
});

test("the notebook's interrupt ends it too", async () => {
  const { panel } = make();
  await book.run(() => panel.show());
  await fromPage(panel, { frozen: [], steps: 2000 }, "train");
  await until(panel, ({ curve }) => curve.length > 0);
  await book.send("interrupt_request", {});
  await until(panel, ({ status }) => status === "ready");
  assert.equal(panel.get("history")[0].stopped, true);
  await fromPage(panel, { steps: 4 }, "train");
  await until(panel, ({ status }) => status === "ready");
  assert.equal(panel.get("history")[1].stopped, false);
});

test("nothing is printed or shown as progress while it trains", async () => {
  const said: unknown[] = [];
  setReporter({ line: (text) => void said.push(text), progress: (progress) => void said.push(progress) });
  await make().panel.run({ ...SETTINGS, steps: 2 });
  setReporter();
  assert.deepEqual(said, []);
});

test("a page that sends what is not allowed reads why, and the switch goes back", async () => {
  const { model, panel } = make();
  await book.run(() => panel.show());
  await fromPage(panel, { frozen: namesOf(model) });
  assert.match(
    panel.get("message"),
    /Cannot freeze all layers: nothing would train\. Leave at least one of "conv1"/,
  );
  assert.deepEqual(panel.get("frozen"), []);
  await fromPage(panel, { frozen: ["conv9"] });
  assert.match(panel.get("message"), /Cannot freeze "conv9": the layers are/);
  await fromPage(panel, { examples: 1e6 }, "train");
  assert.match(panel.get("message"), /examples is a whole number from 1 to 90.*Received: 1000000/);
  await fromPage(panel, { examples: 30, learningRate: 1e38, steps: 5 }, "train");
  await until(panel, ({ status }) => status === "ready");
  assert.match(panel.get("message"), /Training stopped: the loss became/);
  assert.deepEqual(weightValues(model), weightValues(tinyNet(1, CLASSES)));
});

test("settings that are not allowed are refused by name, and nothing is changed", async () => {
  const { model, panel } = make();
  const before = panel.state;
  const refusals: [Partial<PanelSettings>, RegExp][] = [
    [{ examples: 91 }, /Cannot run the panel: examples is a whole number from 1 to 90.*Received: 91/],
    [{ steps: 0 }, /Cannot run the panel: steps is a whole number from 1\. Received: 0/],
    [{ learningRate: -1 }, /Cannot run the panel: learningRate is a number above 0\. Received: -1/],
    [{ freeze: "all" as "nothing" }, /Cannot freeze: say "all-but-head".*Received: "all"/],
    [{ freeze: { upTo: "head" } }, /Cannot freeze all layers/],
    [
      { then: [{ afterStep: 12, freeze: "nothing" }] },
      /afterStep is a whole number from 1 to 11.*Received: 12/,
    ],
    [{ epochs: 3 } as object, /Cannot run the panel with "epochs": its settings are freeze, examples/],
  ];
  for (const [wrong, message] of refusals)
    await assert.rejects(panel.run({ ...SETTINGS, ...wrong }), message);
  assert.deepEqual(panel.state, before);
  assert.deepEqual(weightValues(model), weightValues(tinyNet(1, CLASSES)));
  assert.throws(
    () => freezePanel(model, data.train as never, { seed: 1 }),
    /Cannot make a freeze panel: it needs a data set with train and test.*Received: an object with images/,
  );
  assert.throws(() => freezePanel(model, data, { seed: 0.5 }), /seed is a whole number\. Received: 0.5/);
});

test("layers that are frozen one by one are kept so, and said so", async () => {
  const { model, panel } = make();
  const run = await panel.run({ ...SETTINGS, freeze: ["norm2", "conv1"], steps: 2 });
  assert.deepEqual(run.frozen, ["conv1", "norm2"]);
  assert.equal(run.inWords, "conv1, norm2");
  assert.match(run.code, /freeze: \["conv1", "norm2"\]/);
  assert.deepEqual(namesFrozen(model), ["conv1", "norm2"]);
  const { data: shown } = await panel.still();
  assert.match(shown["text/plain"], /conv1 .*: in part\n.*: in part\n.*: trains/s);
  assert.match(shown["text/plain"], /Tried:\n {2}await panel\.run/);
  assert.ok((shown["image/png"] as string).length > 1000);
});

test("all but some rows are named with their batch norm, and said so", async () => {
  const { model, panel } = make();
  const names = namesOf(model);
  assert.deepEqual(
    panel.allBut("conv4"),
    names.filter((name) => name !== "conv4" && name !== "norm4"),
  );
  assert.deepEqual(
    panel.allBut("conv1", "head").sort(),
    ["conv2", "norm2", "conv3", "norm3", "conv4", "norm4"].sort(),
  );
  assert.throws(() => panel.allBut("norm4"), /Cannot freeze all but "norm4": the panel's rows are "conv1", /);
  const words = async (freeze: PanelSettings["freeze"], more: Partial<PanelSettings> = {}): Promise<string> =>
    (await panel.run({ ...SETTINGS, freeze, steps: 2, ...more })).inWords;
  assert.equal(await words(panel.allBut("conv4")), "all but conv4");
  assert.equal(await words("all-but-head"), "all but the head (Option 1)");
  assert.equal(await words("nothing"), "nothing (Option 2)");
  assert.equal(await words({ upTo: "norm2" }, { continue: true }), "up to conv2, continued");
  const then = [{ afterStep: 1, freeze: "nothing" as const }];
  assert.equal(await words(["head"], { then }), "head, changed on the way");
  assert.deepEqual(panel.get("frozen"), [], "the switches follow");
  assert.equal(panel.get("trainable"), panel.get("total"));
});

test("in a headless run nothing that the panel keeps depends on the clock", async () => {
  process.env.TRANSFER_LAB_HEADLESS = "1";
  try {
    const [one, other] = [make().panel, make().panel];
    for (const panel of [one, other]) assert.ok((await panel.run({ ...SETTINGS, steps: 3 })).seconds > 0);
    assert.equal(one.get("history")[0].seconds, null);
    assert.equal(one.get("cost").stepMs, null);
    assert.deepEqual(one.state, other.state);
    assert.deepEqual(await one.still(), await other.still());
  } finally {
    delete process.env.TRANSFER_LAB_HEADLESS;
  }
});

function namesOf(model: tf.LayersModel): string[] {
  return weightedLayers(model).map(({ name }) => name);
}
