/** Trains for many steps and fails where memory grows: no tensor may stay behind, neither in TensorFlow.js nor in
 * TensorFlow itself, and the process may not get bigger once it is warm.
 *
 *     node --import tsx bench/soak.ts [--steps 20000]
 *
 * It goes through what the native operations meet: batch norm and biases, pooling with and without rest, every
 * activation, depthwise convolutions, both optimisers, batches of two sizes, frozen layers, and layers that are
 * not replayed. All the while signals arrive: there are operations of TensorFlow that don't bear them. */
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { tf } from "../src/helpers/engine";
import { buildConvNet, freeze } from "../src/helpers/model";
import { train, type TrainOptions } from "../src/helpers/train";

const SIZE = 20;
const CLASSES = ["a", "b", "c"];
const COUNT = 44; // batches of 16, 16 and 12

const { values } = parseArgs({ options: { steps: { type: "string", default: "20000" } } });
const steps = Number(values.steps);

function examples() {
  const images = Uint8Array.from({ length: COUNT * SIZE * SIZE * 3 }, () => Math.random() * 256);
  const labels = Int32Array.from({ length: COUNT }, (_, i) => i % CLASSES.length);
  const input = { type: "image", height: SIZE, width: SIZE, channels: 3, range: [0, 255] } as const;
  return {
    images,
    labels,
    count: COUNT,
    classes: CLASSES,
    input: { ...input, range: [0, 255] },
  } as Parameters<typeof train>[1];
}

function mixed(dropout: number): tf.LayersModel {
  const activation = (name: "sigmoid" | "tanh" | "elu" | "relu6") =>
    tf.layers.activation({ activation: name });
  return tf.sequential({
    layers: [
      tf.layers.rescaling({ inputShape: [SIZE, SIZE, 3], scale: 1 / 255 }),
      tf.layers.conv2d({ filters: 8, kernelSize: 3, padding: "same" }),
      tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }),
      tf.layers.leakyReLU(),
      tf.layers.depthwiseConv2d({ kernelSize: 3 }),
      tf.layers.batchNormalization(),
      activation("relu6"),
      tf.layers.conv2d({ filters: 12, kernelSize: 2, activation: "relu" }),
      tf.layers.maxPooling2d({ poolSize: [2, 3], strides: 1 }),
      activation("tanh"),
      activation("sigmoid"),
      activation("elu"),
      ...(dropout ? [tf.layers.dropout({ rate: dropout })] : []),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: CLASSES.length }),
    ],
  });
}

/** How much the process holds, in MB, with the garbage collected where Node lets us. */
function residentMB(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().rss / 2 ** 20;
}

const held = (): number =>
  (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();

async function soak(name: string, make: () => tf.LayersModel, options: Partial<TrainOptions>): Promise<void> {
  const model = make();
  const data = examples();
  const warmUp = Math.ceil(steps / 10);
  let at = { mb: 0, tensors: 0, held: 0 };
  let end = at;
  await train(model, data, {
    seed: 1,
    steps,
    batchSize: 16,
    learningRate: 1e-4,
    augment: "light",
    task: "",
    ...options,
    onStep({ step }) {
      // Between two steps of batches of the same size, three apart.
      const now = () => ({ mb: residentMB(), tensors: tf.memory().numTensors, held: held() });
      if (step === warmUp) at = now();
      if (step === steps - ((steps - warmUp) % 3)) end = now();
    },
  });
  model.dispose();
  console.log(
    `${name}: ${steps} steps; ${at.mb.toFixed(0)} → ${end.mb.toFixed(0)} MB, ` +
      `tensors ${at.tensors} → ${end.tensors}, in TensorFlow ${at.held} → ${end.held}`,
  );
  if (end.tensors !== at.tensors || end.held !== at.held) throw new Error(`${name}: tensors stayed behind.`);
  if (end.mb > at.mb * 1.1 + 20)
    throw new Error(`${name}: memory grew by ${(end.mb - at.mb).toFixed(0)} MB.`);
}

/** A process that sends this one a harmless signal every millisecond. */
function disturb() {
  process.on("SIGWINCH", () => {});
  const program = `setInterval(() => process.kill(${process.pid}, "SIGWINCH"), 1)`;
  return spawn(process.execPath, ["-e", program], { stdio: "ignore" });
}

async function main(): Promise<void> {
  const disturber = process.platform === "win32" ? undefined : disturb();
  const convnet = () => buildConvNet({ inputShape: [SIZE, SIZE, 3], classes: CLASSES, seed: 1 });
  await soak("convnet, adamw", convnet, { optimizer: "adamw", weightDecay: 0.01 });
  await soak("mixed, sgd", () => mixed(0), { optimizer: "sgd", weightDecay: 1e-3 });
  await soak("mixed with dropout, not replayed", () => mixed(0.2), { optimizer: "adamw" });
  const half = () => {
    const model = convnet();
    freeze(model, { upTo: "relu2" });
    return model;
  };
  await soak("convnet half frozen", half, { optimizer: "adamw" });
  disturber?.kill();
}

void main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
