/** What this package is asked to do: its public functions, with their defaults. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { between, clock, timed, type Clock } from "./clock";
import type { Job, Worker } from "./job";
import { lab, type Model } from "./lab";
import { readSet } from "./sets";

const SHIPPED = join(__dirname, "../../data/pretrained/cifar10-convnet");

/** A training has a beginning and an end that a long one doesn't notice (snapshot, receipt, the steps that are
 * watched): the clock runs from this step to the last. */
const FROM = 5;

function load(folder: string, network: string): Promise<Model> {
  return lab.tf.loadLayersModel(pathToFileURL(join(folder, network, "model.json")).href) as Promise<Model>;
}

async function training(job: Job): Promise<Worker> {
  const { folder, network, seed, batch, learningRate, steps } = job;
  const model = await load(folder, network);
  const scenes = readSet(folder, "scenes");
  const train = (count: number, onStep?: () => void) =>
    lab.train(model, scenes, {
      seed,
      steps: count,
      batchSize: batch,
      optimizer: "adamw",
      learningRate,
      task: "",
      ...(onStep && { onStep }),
    });
  return {
    async check() {
      const { history } = await train(job.checkSteps);
      return { losses: history.steps.map(({ loss }) => loss) };
    },
    async turn() {
      const clocks: Clock[] = [];
      await train(FROM + steps, () => void clocks.push(clock()));
      return between(clocks[FROM - 1], clocks[FROM + steps - 1], steps * batch);
    },
  };
}

async function optionOne({ folder, seed = 1 }: Job): Promise<Worker> {
  const source = await lab.loadModel(SHIPPED);
  const digits = readSet(folder, "digits-1000-1");
  const test = readSet(folder, "digits-test");
  const copy = (): Model => {
    const model = lab.replaceHead(source, { classes: digits.classes, seed });
    lab.freeze(model, "all-but-head");
    return model;
  };
  const train = (model: Model) => lab.fineTune(model, digits, { seed, augment: "none", task: "" });
  return {
    async check() {
      const model = copy();
      await train(model);
      const { accuracy } = await lab.evaluate(model, test);
      model.dispose();
      return { accuracy };
    },
    async turn() {
      const model = copy();
      const turn = await timed(async () => {
        await train(model);
        return 1;
      });
      model.dispose();
      return turn;
    },
  };
}

async function features({ folder, network, batch }: Job): Promise<Worker> {
  const { tf } = lab;
  const model = await load(folder, network);
  const { images, count, input } = readSet(folder, network);
  const length = images.length / count;
  const batches: ReturnType<typeof tf.tensor4d>[] = []; // as the others have theirs, before the clock runs
  for (let at = 0; at < count; at += batch) {
    const pixels = new Float32Array(images.subarray(at * length, (at + batch) * length));
    batches.push(tf.tensor4d(pixels, [pixels.length / length, input.height, input.width, 3]));
  }
  const run = async (): Promise<Float32Array[]> => {
    const rows: Float32Array[] = [];
    const pass = lab.inferencePass(model);
    for (const images of batches) {
      const row = tf.tidy(() => pass.run(images));
      rows.push((await row.data()) as Float32Array);
      row.dispose();
    }
    pass.dispose();
    return rows;
  };
  return {
    check: async () => ({ features: Array.from((await run())[0].subarray(0, 16)) }),
    turn: () => timed(async () => (await run(), count)),
  };
}

async function curve({ folder, sizes, seeds }: Job): Promise<Worker> {
  const source = await lab.loadModel(SHIPPED);
  const train = readSet(folder, "digits-train");
  const target = { name: "pen-digits", classes: train.classes, input: train.input, train };
  const run = (): ReturnType<typeof lab.accuracyVsDataSize> =>
    lab.accuracyVsDataSize({
      source,
      target: { ...target, test: readSet(folder, "digits-test") },
      sizes,
      seeds,
      strategies: ["option-1", "option-2"],
      augment: "none",
    });
  return {
    async check() {
      const { points } = await run();
      return { accuracy: points.reduce((sum, { mean }) => sum + mean, 0) / points.length };
    },
    turn: () => timed(async () => (await run(), 1)),
  };
}

export const OURS: Record<string, (job: Job) => Promise<Worker>> = {
  full: training,
  plain: training,
  option1: optionOne,
  mobilenet: features,
  darknet: features,
  curve,
};
