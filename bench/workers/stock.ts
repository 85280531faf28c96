/** What TensorFlow.js is asked to do, without this package: its own `fit`, its own operations. */
import type * as TensorFlow from "@tensorflow/tfjs-node";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { timed } from "./clock";
import type { Job, Worker } from "./job";
import { readOrder, readSet } from "./sets";

type Tf = typeof TensorFlow;

function load(tf: Tf, folder: string, network: string): Promise<TensorFlow.LayersModel> {
  return tf.loadLayersModel(pathToFileURL(join(folder, network, "model.json")).href);
}

async function training(tf: Tf, job: Job): Promise<Worker> {
  const { folder, batch, steps, checkSteps } = job;
  const model = await load(tf, folder, job.network);
  model.compile({
    optimizer: tf.train.adam(job.learningRate, 0.9, 0.999, 1e-8),
    loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits),
  });
  const { images, labels, count } = readSet(folder, "scenes");
  const order = tf.tensor1d(readOrder(folder, "scenes"), "int32");
  const x = tf.gather(tf.tensor4d(Float32Array.from(images), [count, 32, 32, 3]), order);
  const y = tf.oneHot(tf.gather(tf.tensor1d(labels, "int32"), order), 10).toFloat();
  const slice = (all: TensorFlow.Tensor, from: number, size: number) => tf.slice(all, from, size);
  return {
    async check() {
      const losses: number[] = [];
      for (let step = 0; step < checkSteps; step++) {
        const pair = [slice(x, step * batch, batch), slice(y, step * batch, batch)];
        losses.push((await model.trainOnBatch(pair[0], pair[1])) as number);
        tf.dispose(pair);
      }
      return { losses };
    },
    async turn() {
      const pair = [slice(x, 0, steps * batch), slice(y, 0, steps * batch)];
      const turn = await timed(async () => {
        await model.fit(pair[0], pair[1], { batchSize: batch, epochs: 1, shuffle: false, verbose: 0 });
        return steps * batch;
      });
      tf.dispose(pair);
      return turn;
    },
  };
}

async function features(tf: Tf, { folder, network, batch }: Job): Promise<Worker> {
  const model = await load(tf, folder, network);
  const { images, count, input } = readSet(folder, network);
  const x = tf.tensor4d(Float32Array.from(images), [count, input.height, input.width, 3]);
  const run = async (): Promise<Float32Array> => {
    const all = model.predict(x, { batchSize: batch }) as TensorFlow.Tensor;
    const values = (await all.data()) as Float32Array;
    all.dispose();
    return values;
  };
  return {
    check: async () => ({ features: Array.from((await run()).subarray(0, 16)) }),
    turn: () => timed(async () => (await run(), count)),
  };
}

export const STOCK: Record<string, (tf: Tf, job: Job) => Promise<Worker>> = {
  full: training,
  plain: training,
  mobilenet: features,
  darknet: features,
};
