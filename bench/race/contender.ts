/** A contender's process, which takes turns. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Case } from "../cases";
import type { Reached, Turn as TimedTurn } from "../workers/job";
import { commandFor, environmentFor, type Setting } from "./command";
import { processorMs, MemoryWatch } from "./memory";

/** A turn, and the processor time that its process used on the whole, what the clock didn't count included. */
export type Turn = TimedTurn & { usedMs: number };

export interface Entrant {
  readonly name: string;
  readonly hugePages: boolean;
  version: string;
  /** How it works, where it had a choice. */
  detail: string;
  peakMB: number | undefined;
  check(): Promise<Reached>;
  tune(): Promise<void>;
  turn(): Promise<Turn>;
  /** Ends it, and waits until it is gone: what it does on its way out would disturb the others. */
  end(): Promise<void>;
}

const STDERR_KEPT = 4000;
const LEAVE_MS = 10_000;

/** A program that answers on its file descriptor 3, a line of JSON each. */
class Answering {
  readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private said = "";

  constructor(
    private readonly name: string,
    [program, ...args]: string[],
    env: NodeJS.ProcessEnv,
  ) {
    this.child = spawn(program, args, { env, stdio: ["pipe", "ignore", "pipe", "pipe"] });
    this.child.on("error", (error) => (this.said += error.message));
    this.child.stdin!.on("error", () => {}); // it has ended; what it said tells why
    this.child.stderr!.on("data", (chunk) => (this.said = (this.said + String(chunk)).slice(-STDERR_KEPT)));
    this.lines = createInterface({ input: this.child.stdio[3] as Readable })[Symbol.asyncIterator]();
  }

  async next<Answer>(): Promise<Answer> {
    const { value, done } = await this.lines.next();
    if (done)
      throw new Error(`${this.name} ended early: ${this.said.trim().split("\n").slice(-6).join("\n")}`);
    return JSON.parse(value) as Answer;
  }
}

/** One that stays alive. */
export class Lasting implements Entrant {
  version = "";
  detail = "";
  peakMB: number | undefined;
  private readonly process: Answering;
  private readonly memory: MemoryWatch;

  private constructor(
    readonly name: string,
    readonly hugePages: boolean,
    one: Case,
    setting: Setting,
  ) {
    const env = environmentFor(name, setting.cores, hugePages);
    this.process = new Answering(name, commandFor(name, one, setting), env);
    this.memory = new MemoryWatch(this.process.child.pid!);
  }

  /** @throws Error where it can't start. */
  static async start(name: string, hugePages: boolean, one: Case, setting: Setting): Promise<Lasting> {
    const entrant = new Lasting(name, hugePages, one, setting);
    entrant.version = (await entrant.process.next<{ version: string }>()).version;
    return entrant;
  }

  private ask<Answer>(order: string): Promise<Answer> {
    this.process.child.stdin!.write(`${order}\n`);
    return this.process.next<Answer>();
  }

  check = (): Promise<Reached> => this.ask("check");

  async tune(): Promise<void> {
    this.detail = (await this.ask<{ detail: string }>("tune")).detail;
  }

  async turn(): Promise<Turn> {
    const { pid } = this.process.child;
    const before = processorMs(pid!);
    const turn = await this.memory.during(this.ask<TimedTurn>("turn"));
    const after = processorMs(pid!);
    const children = after.children - before.children;
    return { ...turn, cpuMs: turn.cpuMs + children, usedMs: after.own - before.own + children };
  }

  async end(): Promise<void> {
    this.peakMB = this.memory.peakMB;
    const { child } = this.process;
    child.stdin!.end();
    if (child.exitCode !== null || child.signalCode !== null) return;
    const impatient = setTimeout(() => child.kill("SIGKILL"), LEAVE_MS);
    await new Promise((resolve) => child.once("exit", resolve));
    clearTimeout(impatient);
  }
}

/** One that starts anew for every turn. */
export class Fresh implements Entrant {
  detail = "";
  version = "";
  peakMB: number | undefined;

  constructor(
    readonly name: string,
    readonly hugePages: boolean,
    private readonly one: Case,
    private readonly setting: Setting,
  ) {}

  private async run(): Promise<{ class: number; turn: Turn }> {
    const start = performance.now();
    const env = environmentFor(this.name, this.setting.cores, this.hugePages);
    const started = new Answering(this.name, commandFor(this.name, this.one, this.setting), env);
    const answer = await started.next<{ class: number; cpuMs: number; peakMB: number }>();
    const wallMs = performance.now() - start;
    this.peakMB = Math.max(this.peakMB ?? 0, answer.peakMB);
    if (started.child.exitCode === null) await new Promise((resolve) => started.child.once("close", resolve));
    return { class: answer.class, turn: { work: 1, cpuMs: answer.cpuMs, wallMs, usedMs: answer.cpuMs } };
  }

  check = async (): Promise<Reached> => ({ class: (await this.run()).class });
  turn = async (): Promise<Turn> => (await this.run()).turn;
  tune = (): Promise<void> => Promise.resolve();
  end = (): Promise<void> => Promise.resolve();
}
