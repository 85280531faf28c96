/** Option 1 on the drawings, and how much it helps. */
import { fineTune, pick, predictLogits, type Examples, type tf, type TrainResult } from "../../helpers";

/** How many of the drawings that were judged were named rightly. */
export interface Judged {
  right: number;
  of: number;
  /** 0…1. */
  accuracy: number;
}

/** What teaching the output layer did. Plain values. */
export interface Learned extends TrainResult {
  /** How many drawings were learned from. */
  drawings: number;
  /** How many of those judged were named rightly by the network as it came, which had learned from none of them. */
  before: Judged | null;
  /** How many of the same were named rightly by networks that had learned from other drawings only: each drawing was
   * held out once. Null where none could be judged, or it was stopped before. */
  after: Judged | null;
  /** In how many parts they were held out; as many as drawings is leave-one-out. */
  rounds: number;
  /** How long the training took, and how long all of it with the judging. */
  seconds: { training: number; all: number };
}

export interface LearnTask {
  drawings: Examples;
  /** What is learned from besides, and never judged. */
  others?: Examples;
  /** A copy of the network with a new output layer; the receiver disposes it. */
  fresh(): tf.LayersModel;
  /** Names the drawings before. */
  before: tf.LayersModel;
  seed: number;
  signal: AbortSignal;
  /** Told what is being done. */
  tell(what: string): void;
}

/** Trains the output layer on all drawings. Then it judges that training: as the drawings are few, each is held out
 * once, in rounds, and named by a network that learned from the others alone.
 * @returns What it did, and the taught network, which the caller disposes.
 * @throws As `fineTune` does. */
export async function learn(task: LearnTask): Promise<{ model: tf.LayersModel; learned: Learned }> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const { count } = task.drawings;
  task.tell(`Learning from ${count} drawings`);
  const { model, training } = await train(task, task.drawings);
  const trainingSeconds = seconds();
  try {
    const judged = await judgeAll(task);
    const learned = { ...training, ...judged, drawings: count };
    return { model, learned: { ...learned, seconds: { training: trainingSeconds, all: seconds() } } };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

async function judgeAll(task: LearnTask): Promise<Pick<Learned, "before" | "after" | "rounds">> {
  const { drawings, others, before, signal } = task;
  const rounds = dealRounds(drawings, others);
  const judged = rounds.flat();
  if (judged.length === 0) return { before: null, after: null, rounds: 0 };
  let right = 0;
  for (const [i, heldOut] of rounds.entries()) {
    if (signal.aborted) break;
    task.tell(`Judging it by other drawings, part ${i + 1} of ${rounds.length}`);
    right += await judge(task, heldOut);
  }
  return {
    before: share(await countRight(before, pick(drawings, judged)), judged.length),
    after: signal.aborted ? null : share(right, judged.length),
    rounds: rounds.length,
  };
}

async function train(
  { others, fresh, seed, signal }: LearnTask,
  drawings: Examples,
): Promise<{ model: tf.LayersModel; training: TrainResult }> {
  const model = fresh();
  try {
    const options = {
      strategy: "option-1",
      augment: "light",
      name: "drawings",
      task: "",
      seed,
      signal,
    } as const;
    const training = await fineTune(model, others ? together(drawings, others) : drawings, options);
    return { model, training };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** How many drawings are named rightly by a network that learned from all others. */
async function judge(task: LearnTask, heldOut: number[]): Promise<number> {
  const { drawings } = task;
  const learnedFrom = Array.from({ length: drawings.count }, (_, i) => i).filter((i) => !heldOut.includes(i));
  const { model } = await train(task, pick(drawings, learnedFrom));
  try {
    return await countRight(model, pick(drawings, heldOut));
  } finally {
    model.dispose();
  }
}

async function countRight(model: tf.LayersModel, examples: Examples): Promise<number> {
  const logits = await predictLogits(model, examples);
  const classes = logits.length / examples.count;
  return [...examples.labels].filter((label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    return row.every((value, c) => c === label || value < row[label]);
  }).length;
}

/** Deals the drawings round the rounds, class after class. More rounds are closer to what the network will be like
 * that learned from all, and take longer. A drawing that is the only one of its class is left out: whoever is asked
 * has never seen its like.
 * @returns The indices held out in each round. */
export function dealRounds({ labels, count, classes }: Examples, others?: Examples): number[][] {
  const known = new Set(others?.labels);
  const judged = classes.flatMap((_, label) => {
    const members = [...labels.keys()].filter((i) => labels[i] === label);
    return members.length > 1 || known.has(label) ? members : [];
  });
  const rounds = Math.min(judged.length, count <= 6 ? count : count <= 15 ? 5 : count <= 30 ? 3 : 2);
  return Array.from({ length: rounds }, (_, round) => judged.filter((_, i) => i % rounds === round));
}

function share(right: number, of: number): Judged {
  return { right, of, accuracy: right / of };
}

/** Drawings and other examples of the same input and classes. */
function together(a: Examples, b: Examples): Examples {
  const images =
    a.images instanceof Uint8Array
      ? new Uint8Array(a.images.length + b.images.length)
      : new Float32Array(a.images.length + b.images.length);
  images.set(a.images);
  images.set(b.images, a.images.length);
  return { ...a, images, labels: Int32Array.of(...a.labels, ...b.labels), count: a.count + b.count };
}
