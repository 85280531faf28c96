/** A recording that TensorFlow has compiled: one call does all its operations, on all cores, with what can be done
 * at the same time done at the same time, and small operations merged into large ones. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backendNow } from "../backend";
import type { Home, Resource } from "../resource";
import { tf } from "../tf";
import { savedModel, TAG } from "./messages";
import { nodesOf, type Nodes } from "./nodes";
import { DTYPES, type Recording, type Slot } from "./recording";

/** The programs that were used last; others are forgotten. */
const programs = new Map<string, Program>();
const MOST_PROGRAMS = 16;

/** The program for a recording, made where there is none.
 * @throws Where TensorFlow can't make a graph of it. */
export function compile(recording: Recording, given: readonly tf.Tensor[]): Program {
  const { signature } = recording;
  const program = programs.get(signature) ?? new Program(recording, given);
  programs.delete(signature); // and to the end of the line
  programs.set(signature, program);
  const [oldest] = programs.keys();
  if (programs.size > MOST_PROGRAMS) {
    programs.get(oldest)!.dispose();
    programs.delete(oldest);
  }
  return program;
}

export class Program implements Home {
  private session?: number;
  private readonly nodes: Nodes;
  private readonly asked: Slot[];
  private readonly inputs: string;
  private readonly outputs: string;
  /** Whose values are here now. */
  private guests: readonly Resource[] = [];

  constructor(
    private readonly recording: Recording,
    given: readonly tf.Tensor[],
  ) {
    const forms = given.map(({ dtype, shape }) => ({ dtype: DTYPES[dtype] ?? 0, shape }));
    this.nodes = nodesOf(recording, forms);
    const wanted = [...recording.results, ...recording.writes].map(([, slot]) => slot);
    this.asked = [...new Set(wanted)].filter((slot) => slot >= given.length);
    if (this.asked.length === 0) throw new Error("nothing comes of the work");
    const { all, fed, outputOf } = this.nodes;
    this.inputs = fed.map(outputOf).join();
    this.outputs = this.asked.map(outputOf).join();
    this.session = load(savedModel(all));
  }

  /** Whether it is there still: it makes room for others when it has not been used for long. */
  get isReady(): boolean {
    return this.session !== undefined;
  }

  /** Does the work.
   * @param resources Those of a recording with this signature.
   * @returns What the work returns; the surrounding `tf.tidy` owns it. */
  run(
    inputs: readonly tf.Tensor[],
    variables: readonly tf.Variable[],
    resources: Recording["resources"],
  ): Record<string, tf.Tensor> {
    this.takeIn(this.nodes.kept.map((slot) => resources.get(slot)!));
    const given = [...inputs, ...variables];
    const made = this.ask(
      this.nodes.fed.map((slot) => given[slot]),
      this.inputs,
      this.outputs,
    );
    return this.handOver(given, variables, new Map(this.asked.map((slot, i) => [slot, made[i]])));
  }

  private ask(fed: readonly tf.Tensor[], inputs: string, outputs: string): tf.Tensor[] {
    const backend = backendNow();
    const made = backend.binding.runSavedModel(
      this.session!,
      backend.getInputTensorIds(fed),
      inputs,
      outputs,
    );
    return made.map((one) => backend.createOutputTensor(one));
  }

  private handOver(
    given: readonly tf.Tensor[],
    variables: readonly tf.Variable[],
    made: Map<Slot, tf.Tensor>,
  ): Record<string, tf.Tensor> {
    const tensorIn = (slot: Slot): tf.Tensor => made.get(slot) ?? given[slot];
    const returned = new Set<Slot>();
    const results = this.recording.results.map(([name, slot]) => {
      const isFirst = made.has(slot) && !returned.has(slot);
      returned.add(slot);
      return [name, isFirst ? tensorIn(slot) : tf.clone(tensorIn(slot))] as const;
    });
    for (const [variable, slot] of this.recording.writes) variables[variable].assign(tensorIn(slot));
    for (const [slot, tensor] of made) if (!returned.has(slot)) tensor.dispose();
    return Object.fromEntries(results);
  }

  /** Has the values of these resources here. */
  private takeIn(resources: readonly Resource[]): void {
    if (resources.every((resource) => resource.home === this)) return;
    this.giveBack();
    const { kept, loadOf, loaded } = this.nodes;
    tf.tidy(() => {
      const values = resources.map((resource) => resource.read());
      this.ask(values, kept.map(loadOf).join(), loaded);
    });
    for (const resource of resources) resource.home = this;
    this.guests = resources;
  }

  giveBack(): void {
    const { guests, nodes } = this;
    if (guests.length === 0) return;
    tf.tidy(() => {
      const values = this.ask([], "", nodes.kept.map(nodes.valueOf).join());
      this.drop();
      guests.forEach((resource, i) => resource.comeBack(values[i]));
    });
  }

  drop(): void {
    for (const resource of this.guests) resource.home = undefined;
    this.guests = [];
    tf.tidy(() => void this.ask([], "", this.nodes.dropped));
  }

  dispose(): void {
    this.giveBack();
    backendNow().binding.deleteSavedModel(this.session!);
    this.session = undefined;
  }
}

/** The addon takes graphs from files only. */
function load(bytes: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-"));
  try {
    writeFileSync(join(folder, "saved_model.pb"), bytes);
    return backendNow().binding.loadSavedModel(folder, TAG);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
