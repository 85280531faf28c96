/** Option 1's training: the frozen layers' output is computed once, then the output layer alone is trained. */
import { interruptSignal } from "../../live/kernel";
import type { Examples } from "../data";
import { tf } from "../engine";
import { batchSizeFor, checkFits, checkGivesLogits, headOf, inferencePass, weightsOf } from "../model";
import { nextTurn } from "../next-turn";
import { random } from "../random";
import { reportProgress } from "../report";
import { augmentationOf, batchPixels, isIdle } from "./augment";
import { classWeightsOf, exampleWeights } from "./class-weights";
import { HeadStep, readSteps } from "./head-step";
import type { History } from "./history";
import type { TrainOptions, TrainResult } from "./loop";
import { adamw } from "./optimizer";
import { takeSnapshot, writeReceipt } from "./receipt";
import { scheduleFactor } from "./schedule";

export interface HeadOptions extends Pick<
  TrainOptions,
  "seed" | "augment" | "classWeights" | "onStep" | "signal" | "task"
> {
  /** Full-batch steps. 40 where it is left out: of 60 to 200 the accuracy on other examples is the same or lower. */
  steps?: number;
  learningRate?: number;
  weightDecay?: number;
  /** How many changed copies of each example are made where `augment` changes anything. */
  copies?: number;
}

/** After so many steps, signals and messages have their turn. */
const STEPS_PER_TURN = 10;

/** Trains the output layer on what the layers before it make of the examples.
 *
 * The features are standardised, the layer starts from zeros, and the scaling is folded into its parameters
 * at the end: the model's shape stays as it was.
 *
 * @param model It has a plain head, see {@link hasPlainHead}, that gives logits; changed in place.
 * @returns The history (each step is one epoch) and the receipt. All tensors it makes are disposed.
 * @throws As `train` does. */
export async function trainHead(
  model: tf.LayersModel,
  examples: Examples,
  options: HeadOptions,
): Promise<TrainResult> {
  checkFits(model, examples, "train the output layer");
  checkGivesLogits(model, "train the output layer");
  const {
    steps = 40,
    learningRate: highest = 0.01,
    weightDecay = 0.01,
    task = "Training the output layer",
    signal = interruptSignal(),
  } = options;
  const classWeights = classWeightsOf(options.classWeights, examples);
  const before = takeSnapshot(model);
  const { features, labels } = await computeFeatures(model, examples, options);
  const scaling = standardization(features);
  const x = tf.tidy(() => tf.div(tf.sub(features, scaling.mean), scaling.scale) as tf.Tensor2D);
  features.dispose();
  const y = tf.tidy(
    () => tf.oneHot(tf.tensor1d(labels, "int32"), examples.classes.length).toFloat() as tf.Tensor2D,
  );
  const weights = exampleWeights(classWeights, labels);
  const [kernel, bias] = tf.tidy(
    () =>
      [
        tf.variable(tf.zeros([x.shape[1], examples.classes.length]) as tf.Tensor2D),
        tf.variable(tf.zeros([examples.classes.length]) as tf.Tensor1D),
      ] as const,
  );
  const optimizer = adamw();
  const problem = { x, y, labels: tf.tensor1d(labels, "int32"), weights, kernel, bias };
  const device = new HeadStep(problem, optimizer);
  const history: History = { steps: [], epochs: [], stopped: false };
  const unread: tf.Tensor1D[] = [];
  const rateOf = (step: number): number => highest * scheduleFactor({ kind: "cosine" }, (step - 0.5) / steps);
  const readAndTell = async (): Promise<void> => {
    for (const { loss, accuracy } of await readSteps(unread.splice(0))) {
      const step = history.steps.length + 1;
      if (!Number.isFinite(loss))
        throw new Error(
          `Training stopped: the loss became ${loss} at step ${step}. The model is as it was before. Are all pixel values finite?`,
        );
      const record = { step, epoch: step, loss, accuracy, learningRate: rateOf(step) };
      history.steps.push(record);
      history.epochs.push({ epoch: step, loss, accuracy });
      if (task)
        reportProgress({ task, done: step, total: steps, unit: "steps", note: `loss ${loss.toFixed(2)}` });
      await options.onStep?.(record);
    }
  };
  // Each reading waits for the device: where nobody watches the steps, ten are read together.
  const readEvery = options.onStep ? 1 : STEPS_PER_TURN;
  try {
    for (let step = 1; step <= steps; step++) {
      if (signal.aborted) {
        history.stopped = true;
        break;
      }
      unread.push(device.run({ learningRate: rateOf(step), weightDecay }));
      if (step % readEvery === 0 || step === steps) await readAndTell();
      if (step % STEPS_PER_TURN === 0) await nextTurn();
    }
    if (history.steps.length > 0) writeHead(model, kernel, bias, scaling);
  } finally {
    optimizer.dispose();
    tf.dispose([
      ...unread,
      problem.labels,
      x,
      y,
      kernel,
      bias,
      scaling.mean,
      scaling.scale,
      ...(weights ? [weights] : []),
    ]);
  }
  return { history, receipt: writeReceipt(model, before, new Set([headOf(model).name])) };
}

/** Whether {@link trainHead} can train a model: its last layer is dense, with a bias, and no part of a nested
 * model. */
export function hasPlainHead(model: tf.LayersModel): boolean {
  const { name, layer } = headOf(model);
  return layer.getClassName() === "Dense" && weightsOf(layer).length === 2 && !name.includes("/");
}

/** `[examples · copies, features]`, the caller disposes it; and the label of each row. */
async function computeFeatures(
  model: tf.LayersModel,
  examples: Examples,
  { seed, augment = "none", copies = 10 }: HeadOptions,
): Promise<{ features: tf.Tensor2D; labels: Int32Array }> {
  const augmentation = augmentationOf(augment);
  const rounds = isIdle(augmentation) ? 1 : copies;
  const chance = random(seed).fork("augmentation");
  const trunk = tf.model({ inputs: model.inputs, outputs: headOf(model).layer.input as tf.SymbolicTensor });
  const pass = inferencePass(trunk);
  const { height, width, channels } = examples.input;
  const batchSize = batchSizeFor(examples.input);
  const parts: tf.Tensor2D[] = [];
  try {
    for (let round = 0; round < rounds; round++)
      for (let start = 0; start < examples.count; start += batchSize) {
        const indices = Int32Array.from(
          { length: Math.min(batchSize, examples.count - start) },
          (_, i) => start + i,
        );
        const pixels = batchPixels(examples.images, indices, examples.input, augmentation, chance);
        const shape = [indices.length, height, width, channels] as const;
        parts.push(tf.tidy(() => pass.run(tf.tensor4d(pixels, [...shape])) as tf.Tensor2D));
        await nextTurn();
      }
  } finally {
    pass.dispose();
  }
  const features = tf.concat(parts, 0);
  tf.dispose(parts);
  const labels = new Int32Array(rounds * examples.count);
  for (let round = 0; round < rounds; round++) labels.set(examples.labels, round * examples.count);
  return { features, labels };
}

interface Scaling {
  mean: tf.Tensor1D;
  scale: tf.Tensor1D;
}

/** Mean and spread of each feature. A tenth of the mean spread is added, or features that hardly vary in a
 * small set would be blown up. The caller disposes both. */
function standardization(features: tf.Tensor2D): Scaling {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(features, 0);
    const sd = tf.sqrt(variance);
    return {
      mean: mean as tf.Tensor1D,
      scale: tf.add(sd, tf.add(tf.mul(tf.mean(sd), 0.1), 1e-6)) as tf.Tensor1D,
    };
  });
}

/** `((f − mean) / scale) · W + b` is `f · (W / scale) + (b − mean / scale · W)`. */
function writeHead(
  model: tf.LayersModel,
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D,
  { mean, scale }: Scaling,
): void {
  const weights = weightsOf(headOf(model).layer);
  tf.tidy(() => {
    const scaled = tf.div(kernel, tf.expandDims(scale, 1));
    const shift = tf.squeeze(tf.matMul(tf.expandDims(mean, 0) as tf.Tensor2D, scaled as tf.Tensor2D), [0]);
    weights[0].write(scaled);
    weights[1].write(tf.sub(bias, shift));
  });
}
