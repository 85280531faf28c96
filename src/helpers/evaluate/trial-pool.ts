/** Trials in processes of their own, with one thread each. Two trials side by side, each on a core, are done sooner
 * than one after the other on two; and the number of threads decides in which order TensorFlow adds: so an accuracy
 * is the same however many run at once, bit for bit. */
import { fork } from "node:child_process";
import { join } from "node:path";
import type { Examples } from "../data";
import { tf } from "../engine";
import type { ModelArtifacts, WorkerAnswer, WorkerOrder, WorkerSetup } from "./trial-worker";

export interface PoolOptions {
  /** Borrowed; every process gets a copy. */
  source: tf.LayersModel;
  test: Examples;
  /** How many processes at once. */
  workers: number;
  signal?: AbortSignal;
  /** Makes what a process needs for trial `index`. */
  orderOf(index: number): WorkerOrder;
  /** Takes what came out of trial `index`; in the order in which they end. */
  onAccuracy(index: number, accuracy: number): Promise<void>;
}

/** A process may die of something that passes, such as a lack of memory; when so many have died, it doesn't pass. */
const MAX_DEATHS = 3;

/** Runs trials in processes, handing them out in order. A trial whose process died goes to another. No process is
 * left behind: not where it throws, nor where the signal stops it, nor where this process is killed.
 * @returns The trials that are left, none as a rule: the signal stopped it, or too many processes died.
 * @throws What a trial throws; of several, the first trial's. */
export async function runInProcesses(trials: readonly number[], options: PoolOptions): Promise<number[]> {
  const { workers, signal, orderOf, onAccuracy } = options;
  const setup = { source: await artifactsOf(options.source), test: options.test };
  const queue = [...trials];
  const failures: { index: number; error: unknown }[] = [];
  const running = new Set<Worker>();
  let deaths = 0;
  const goesOn = (): boolean =>
    queue.length > 0 && failures.length === 0 && deaths < MAX_DEATHS && !signal?.aborted;

  const work = async (): Promise<void> => {
    let worker: Worker | undefined;
    while (goesOn()) {
      const index = queue.shift()!;
      try {
        running.add((worker ??= startWorker(setup)));
        const answer = await worker.ask(orderOf(index));
        if (answer && "error" in answer) throw answer.error;
        if (answer) await onAccuracy(index, answer.accuracy);
        else {
          deaths++;
          running.delete(worker);
          worker = undefined;
          queue.unshift(index);
        }
      } catch (error) {
        failures.push({ index, error });
      }
    }
    worker?.kill();
    await worker?.gone;
  };
  const killAll = (): void => running.forEach((worker) => worker.kill());
  signal?.addEventListener("abort", killAll);
  await Promise.all(Array.from({ length: workers }, work));
  signal?.removeEventListener("abort", killAll);
  failures.sort((a, b) => a.index - b.index);
  if (failures.length > 0) throw failures[0].error;
  return queue.sort((a, b) => a - b);
}

/** A model as plain values, with its card. */
async function artifactsOf(model: tf.LayersModel): Promise<ModelArtifacts> {
  let artifacts!: ModelArtifacts;
  const handler = tf.io.withSaveHandler((made) => {
    artifacts = made;
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } });
  });
  await model.save(handler);
  return artifacts;
}

interface Worker {
  /** @returns Undefined where the process died. */
  ask(order: WorkerOrder): Promise<WorkerAnswer | undefined>;
  kill(): void;
  /** When it has ended, for whatever reason. */
  gone: Promise<undefined>;
}

const [, extension] = /(\.\w+)$/.exec(__filename)!;
const WORKER = join(__dirname, `trial-worker${extension}`);

function startWorker(setup: WorkerSetup): Worker {
  const child = fork(WORKER, {
    serialization: "advanced", // typed arrays as they are
    env: { ...process.env, OMP_NUM_THREADS: "1", TF_NUM_INTRAOP_THREADS: "1", TF_NUM_INTEROP_THREADS: "1" },
    execArgv: extension === ".ts" ? process.execArgv : [], // what reads TypeScript here reads it there
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const gone = new Promise<undefined>((resolve) => {
    child.once("exit", () => resolve(undefined));
    child.once("error", () => resolve(undefined)); // it could not be started
  });
  const send = (message: WorkerSetup | WorkerOrder): boolean => child.send(message, () => {}); // see `gone`
  send(setup);
  return {
    ask(order) {
      const answer = new Promise<WorkerAnswer>((resolve) => child.once("message", resolve));
      send(order);
      return Promise.race([answer, gone]);
    },
    kill: () => void child.kill("SIGKILL"), // there is nothing that it would have to put in order
    gone,
  };
}
