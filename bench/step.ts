/** How fast a training step is, beside stock TensorFlow.js, PyTorch and Keras: the same network, the same
 * batches of 64 images of 32×32×3, the same optimiser.
 *
 *     node --import tsx bench/step.ts [--cores 1] [--rounds 8] [--steps 40] [--python FILE] [--write FILE] [--quiet]
 *
 * Every contender is a process of its own that stays alive. They take turns, so that whatever else the machine
 * does meets all of them alike, and what counts is the median of the turns: processor time on one core, the
 * clock on several. `--python` names an interpreter that has PyTorch and Keras; without it, ours and stock run
 * alone. With `--quiet`, on Linux, a turn during which other processes used more than a tenth of the time is
 * taken again. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import type { NetworkName } from "./networks";

const BATCH = 64;
const NETWORKS: NetworkName[] = ["plain", "batch-norm"];
const OURS = ["ours", "ours-huge-pages", "stock"];
const PEERS = ["torch-channels-last", "torch", "keras"];

const { values } = parseArgs({
  options: {
    cores: { type: "string", default: "1" },
    rounds: { type: "string", default: "8" },
    steps: { type: "string", default: "40" },
    networks: { type: "string", default: NETWORKS.join() },
    contenders: { type: "string" },
    python: { type: "string" },
    write: { type: "string" },
    quiet: { type: "boolean", default: false },
  },
});
const cores = Number(values.cores);
const rounds = Number(values.rounds);
const steps = Number(values.steps);
const contenders = values.contenders?.split(",") ?? [...OURS, ...(values.python ? PEERS : [])];

interface Turn {
  steps: number;
  cpuMs: number;
  wallMs: number;
}

/** A contender's process, which answers a number of steps with what they took. */
class Contender {
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;

  constructor(
    readonly name: string,
    network: NetworkName,
  ) {
    const isPeer = PEERS.includes(name);
    const command = isPeer
      ? [values.python!, join(__dirname, "peers.py"), name, network, String(cores)]
      : [process.execPath, "--import", "tsx", join(__dirname, "step-worker.ts"), name, network];
    const pinned = process.platform === "linux" && cores < availableParallelism();
    if (pinned) command.unshift("taskset", "-c", `0-${cores - 1}`);
    this.child = spawn(command[0], command.slice(1), {
      env: { ...process.env, ...this.environment() },
      stdio: ["pipe", "pipe", process.env.DEBUG ? "inherit" : "ignore"],
    });
    this.answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  private environment(): Record<string, string> {
    if (this.name === "stock")
      return cores === 1 ? { OMP_NUM_THREADS: "1", TF_NUM_INTRAOP_THREADS: "1" } : {};
    return {
      OMP_NUM_THREADS: String(cores),
      TF_NUM_INTRAOP_THREADS: String(cores),
      ...(this.name === "ours-huge-pages" && { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1" }),
    };
  }

  /** What it is. */
  async introduce(): Promise<string> {
    return (JSON.parse(await this.next()) as { version: string }).version;
  }

  async turn(steps: number): Promise<Turn> {
    this.child.stdin!.write(`${steps}\n`);
    return JSON.parse(await this.next()) as Turn;
  }

  /** A turn that others didn't disturb, or the last of several tries. */
  async quietTurn(steps: number): Promise<Turn> {
    for (let attempt = 1; ; attempt++) {
      const busy = busyMs();
      const turn = await this.turn(steps);
      const others = busyMs() - busy - turn.cpuMs;
      if (!values.quiet || others < 0.1 * turn.wallMs || attempt === 20) return turn;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  private async next(): Promise<string> {
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`${this.name} ended early. DEBUG=1 shows what it said.`);
    return value;
  }

  end(): void {
    this.child.stdin!.end();
  }
}

/** How long all processors together have been at work since the machine started; hundredths of a second. */
function busyMs(): number {
  if (process.platform !== "linux") return 0;
  const [user, nice, system, , , irq, softIrq] = readFileSync("/proc/stat", "utf8")
    .match(/\d+/g)!
    .map(Number);
  return 10 * (user + nice + system + irq + softIrq);
}

const median = (numbers: number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

interface Result {
  network: NetworkName;
  contender: string;
  version: string;
  /** Medians of the turns, per step. */
  cpuMs: number;
  wallMs: number;
  imagesPerSecond: number;
  /** The median over the rounds of ours against it. */
  oursAgainstIt: number;
}

async function race(network: NetworkName): Promise<Result[]> {
  const runners: Contender[] = [];
  const versions: string[] = [];
  const turns: Turn[][] = [];
  for (const name of contenders) {
    const runner = new Contender(name, network);
    runners.push(runner);
    versions.push(await runner.introduce());
    turns.push([]);
    for (let warmUp = 0; warmUp < 3; warmUp++) await runner.turn(steps);
  }
  for (let round = 0; round < rounds; round++)
    for (const [i, runner] of runners.entries()) turns[i].push(await runner.quietTurn(steps));
  for (const runner of runners) runner.end();
  const perStep = (turn: Turn): number => (cores === 1 ? turn.cpuMs : turn.wallMs) / turn.steps;
  return runners.map(({ name }, i) => ({
    network,
    contender: name,
    version: versions[i],
    cpuMs: median(turns[i].map((turn) => turn.cpuMs / turn.steps)),
    wallMs: median(turns[i].map((turn) => turn.wallMs / turn.steps)),
    imagesPerSecond: (1000 * BATCH) / median(turns[i].map(perStep)),
    oursAgainstIt: median(turns[i].map((turn, round) => perStep(turn) / perStep(turns[0][round]))),
  }));
}

async function main(): Promise<void> {
  const results: Result[] = [];
  for (const network of values.networks.split(",") as NetworkName[]) {
    console.log(`\n${network}, ${cores} core${cores > 1 ? "s" : ""}, ${rounds} rounds of ${steps} steps`);
    for (const result of await race(network)) {
      results.push(result);
      const { contender, cpuMs, wallMs, imagesPerSecond, oursAgainstIt } = result;
      console.log(
        `  ${contender.padEnd(20)} ${imagesPerSecond.toFixed(0).padStart(6)} images/s` +
          `   cpu ${cpuMs.toFixed(1)} ms, clock ${wallMs.toFixed(1)} ms a step` +
          `   ${contenders[0]} is ${oursAgainstIt.toFixed(2)} times as fast`,
      );
    }
  }
  if (values.write) writeFileSync(values.write, `${JSON.stringify(results, null, 2)}\n`);
}

void main();
