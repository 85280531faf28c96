/** One training step of this package, and of stock TensorFlow.js: a worker of `step.ts`.
 *
 *     tsx step-worker.ts CONTENDER NETWORK
 *
 * CONTENDER is `ours`, `ours-huge-pages`, `ours-off` (native operations off) or `stock` (plain TensorFlow.js, its
 * own `fit`). It speaks as `peers.py` does. */
import { createInterface } from "node:readline";
import { examples, network, type NetworkName } from "./networks";

const BATCH = 64;
const [contender, name] = process.argv.slice(2) as [string, NetworkName];

/** Trains a number of steps and gives the clocks at the first and the last of those that count. */
type Train = (steps: number) => Promise<{ steps: number; from: Clock; to: Clock }>;

interface Clock {
  cpuMs: number;
  wallMs: number;
}

function clock(): Clock {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() };
}

/** A training has a beginning and an end that a long one doesn't notice (snapshot, receipt, the steps that are
 * watched): the clock runs from this step to the last. */
const FROM = 5;

/** The package's own loop. */
async function ours(): Promise<Train> {
  if (contender === "ours-off") process.env.TRANSFER_LAB_NATIVE = "off";
  const { tf } = await import("../src/helpers/engine");
  const { train } = await import("../src/helpers/train");
  const model = network(tf, name);
  const input = { type: "image", height: 32, width: 32, channels: 3, range: [0, 255] as [number, number] };
  return async (steps) => {
    const { images, labels } = examples(steps * BATCH);
    const classes = Array.from({ length: 10 }, (_, i) => String(i));
    const clocks: Clock[] = [];
    await train(
      model,
      { images, labels, count: labels.length, classes, input: { ...input, type: "image" } },
      {
        seed: 1,
        steps: FROM + steps,
        batchSize: BATCH,
        optimizer: "adamw",
        learningRate: 1e-3,
        task: "",
        onStep: () => void clocks.push(clock()),
      },
    );
    return { steps, from: clocks[FROM - 1], to: clocks[FROM + steps - 1] };
  };
}

async function stock(): Promise<Train> {
  const tf = await import("@tensorflow/tfjs-node");
  const model = network(tf, name);
  model.compile({
    optimizer: tf.train.adam(1e-3),
    loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits),
  });
  return async (steps) => {
    const { images, labels } = examples(steps * BATCH);
    const x = tf.tensor4d(Float32Array.from(images), [labels.length, 32, 32, 3]);
    const y = tf.oneHot(tf.tensor1d(labels, "int32"), 10).toFloat();
    const from = clock();
    await model.fit(x, y, { batchSize: BATCH, epochs: 1, verbose: 0 });
    const to = clock();
    tf.dispose([x, y]);
    return { steps, from, to };
  };
}

async function main(): Promise<void> {
  const train = await (contender === "stock" ? stock() : ours());
  console.log(JSON.stringify({ contender, version: "TensorFlow.js" }));
  for await (const line of createInterface({ input: process.stdin })) {
    const { steps, from, to } = await train(Number(line));
    console.log(JSON.stringify({ steps, cpuMs: to.cpuMs - from.cpuMs, wallMs: to.wallMs - from.wallMs }));
  }
}

void main();
