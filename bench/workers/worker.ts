/** This package, or stock TensorFlow.js, in a process that stays alive and answers orders as peers/worker.py does.
 *
 *     node --import tsx worker.ts JOB */
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Job, Worker } from "./job";

const job = JSON.parse(process.argv[2]) as Job;
const answer = (value: object): void => void writeSync(3, `${JSON.stringify(value)}\n`);

async function start(): Promise<{ worker: Worker; version: string }> {
  if (job.contender === "stock") {
    const tf = await import("@tensorflow/tfjs-node");
    const { STOCK } = await import("./stock");
    return { worker: await STOCK[job.case](tf, job), version: `TensorFlow.js ${tf.version.tfjs}` };
  }
  const { OURS } = await import("./ours");
  const { lab } = await import("./lab");
  return { worker: await OURS[job.case](job), version: `transfer-lab ${lab.version}` };
}

async function main(): Promise<void> {
  const { worker, version } = await start();
  answer({ version });
  for await (const order of createInterface({ input: process.stdin })) {
    if (order === "check") answer(await worker.check());
    else if (order === "tune") answer({ detail: "" });
    else answer(await worker.turn());
  }
}

main().catch((error: Error) => {
  console.error(error.stack);
  process.exit(1);
});
