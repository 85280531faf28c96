/** What is compared: for each case the work, who takes part, and which ratios come of it. */

export const TRAINING = { batch: 64, learningRate: 1e-3, seed: 1, checkSteps: 30 };
export const OPTION_ONE = { batch: 32, epochs: 20, size: 1000 };
export const CURVE = {
  sizes: [50, 1000],
  seeds: [1, 2, 3],
  strategies: ["option-1", "option-2"] as const,
  /** How many batches of 32 Option 2 trains on: what the package does by default. */
  stepsFor: { 50: 100, 1000: 250 },
};
/** Enough for the longest turn: 40 batches. */
export const SCENES = 40 * TRAINING.batch;
/** Large images whose features are computed in a turn. */
export const PHOTOS = 32;

export type CaseName = "full" | "plain" | "option1" | "mobilenet" | "darknet" | "curve" | "start";

export interface Case {
  name: CaseName;
  title: string;
  /** What a turn's work is counted in. */
  unit: "images" | "runs";
  /** Besides ours. */
  contenders: string[];
  /** `ratios` are those of the fastest contender whose name starts so. */
  ratios: Record<string, string>;
  /** What the contenders are told. */
  job: Record<string, unknown>;
  /** Turns, for the usual and for the quick run. */
  rounds: [usual: number, quick: number];
  /** Where each turn is a new process. */
  fresh?: boolean;
  /** Where a turn takes so long that it warms up as it goes, and nothing is tried out. */
  long?: boolean;
}

const training = (network: string) => ({ network, ...TRAINING, steps: 40 });

export const CASES: Case[] = [
  {
    name: "full",
    title: "Training with batch norm (buildConvNet), batches of 64",
    unit: "images",
    contenders: ["torch-channels-last", "torch", "keras", "stock"],
    ratios: { "full/pytorch": "torch", "full/keras": "keras", "full/stock": "stock" },
    job: training("full"),
    rounds: [7, 2],
  },
  {
    name: "plain",
    title: "Training without batch norm, batches of 64",
    unit: "images",
    contenders: ["torch-channels-last", "torch", "keras", "stock"],
    ratios: { "plain/pytorch": "torch" },
    job: training("plain"),
    rounds: [7, 2],
  },
  {
    name: "option1",
    title: "Option 1 on 1,000 images, from images to trained head",
    unit: "runs",
    contenders: ["torch-channels-last", "keras", "torch-cached", "keras-cached"],
    ratios: { "option1/pytorch": "torch", "option1/keras": "keras" },
    job: { network: "shipped", ...OPTION_ONE },
    rounds: [5, 2],
  },
  {
    name: "mobilenet",
    title: "MobileNet features of 224×224 images",
    unit: "images",
    contenders: ["torch-channels-last", "torch", "keras", "stock"],
    ratios: {},
    job: { network: "mobilenet", batch: 16 },
    rounds: [5, 2],
  },
  {
    name: "darknet",
    title: "Tiny Darknet features of 224×224 images",
    unit: "images",
    contenders: ["torch-channels-last", "torch", "keras", "stock"],
    ratios: {},
    job: { network: "darknet", batch: 16 },
    rounds: [5, 2],
  },
  {
    name: "curve",
    title: "Accuracy against data size: 50 and 1,000 images, Options 1 and 2, three seeds",
    unit: "runs",
    contenders: ["torch-channels-last", "torch-cached"],
    ratios: { "curve/pytorch": "torch" },
    job: { network: "shipped", ...CURVE, batch: OPTION_ONE.batch, epochs: OPTION_ONE.epochs },
    rounds: [3, 1],
    long: true,
  },
  {
    name: "start",
    title: "From a new process to the first answer: load the network, name one image",
    unit: "runs",
    contenders: ["torch", "keras"],
    ratios: { "start/keras": "keras" },
    job: { network: "shipped" },
    rounds: [7, 3],
    fresh: true,
  },
];

/** What contenders are called in tables. */
export const LABELS: Record<string, string> = {
  ours: "transfer-lab",
  "ours-lab": "transfer-lab, as in the lab (huge pages)",
  stock: "TensorFlow.js",
  torch: "PyTorch",
  "torch-channels-last": "PyTorch, channels-last",
  "torch-cached": "PyTorch, features computed once by hand",
  keras: "Keras",
  "keras-cached": "Keras, features computed once by hand",
};

/** Contenders that show what is possible, and are no part of any ratio's key. */
export const isExtra = (contender: string): boolean => contender.endsWith("-cached");

export const isOurs = (contender: string): boolean => contender.startsWith("ours");
