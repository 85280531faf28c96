/** A process that runs trials for another one (see trial-pool.ts): it gets a source and a test part, then trials, one
 * after the other, and answers each with an accuracy or an error. Nothing is imported from here but types. */
import type { Examples } from "../data";
import { tf } from "../engine";
import { measureCopy, type Trial } from "./trials";

/** A model as plain values. */
export type ModelArtifacts = Parameters<Parameters<typeof tf.io.withSaveHandler>[0]>[0];

/** What a worker gets first. */
export interface WorkerSetup {
  source: ModelArtifacts;
  test: Examples;
}

/** One trial; its examples are drawn where the whole set is. */
export interface WorkerOrder {
  examples: Examples;
  trial: Omit<Trial, "size" | "signal">;
}

export type WorkerAnswer = { accuracy: number } | { error: Error };

interface Setup {
  source: tf.LayersModel;
  test: Examples;
}

async function prepare({ source, test }: WorkerSetup): Promise<Setup> {
  return { source: await tf.loadLayersModel(tf.io.fromMemory(source)), test };
}

async function answer(setup: Promise<Setup>, { examples, trial }: WorkerOrder): Promise<WorkerAnswer> {
  const { source, test } = await setup;
  try {
    return { accuracy: (await measureCopy(source, examples, test, trial))! }; // there is no signal to stop it
  } catch (error) {
    return { error: error as Error };
  }
}

let setup: Promise<Setup> | undefined;

process.on("message", (message: WorkerSetup | WorkerOrder) => {
  if ("source" in message) {
    setup = prepare(message);
    return;
  }
  answer(setup!, message).then(
    (said) => process.send!(said),
    (error: unknown) => {
      console.error("A worker can't load the source:", error); // e.g. a layer that only the other process knows
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit()); // whoever gave the orders is gone
process.on("SIGINT", () => {}); // an interrupt reaches the whole group; the other process decides what it means
