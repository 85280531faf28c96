/** What some work asked of TensorFlow: its operations, and which tensor goes where. */
import type { Attribute } from "./native/execute";
import { tf } from "./tf";

/** Some work on tensors that runs the same operations whatever the values are. What it reads is its inputs, the
 * variables it was announced with, and constants; what it writes is those variables. */
export type Work = (inputs: readonly tf.Tensor[]) => Record<string, tf.Tensor>;

/** A place for a tensor: inputs first, then variables, then what comes as it comes. */
type Slot = number;

interface Operation {
  name: string;
  attributes: readonly Attribute[];
  inputs: Slot[];
  outputs: Slot[];
  /** Slots that no later operation reads. */
  freed: Slot[];
}

/** What the addon tells of a tensor it made. */
interface Made {
  id: number;
  shape: number[];
  dtype: number;
}

type Execute = (
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly tf.TensorInfo[],
  outputs: number,
) => tf.Tensor | tf.Tensor[];

/** The part of TensorFlow.js's backend that this file works by. */
interface Backend {
  executeSingleOutput: Execute;
  executeMultipleOutputs: Execute;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(made: Made): tf.Tensor;
  readSync(dataId: object): ArrayLike<unknown>;
  binding: {
    executeOp(name: string, attributes: readonly Attribute[], ids: number[], outputs: number): Made[];
    deleteTensor(id: number): void;
  };
}

/** A constant with more values than this is none: it is data that should have been an input. */
const LARGEST_CONSTANT = 4096;

const backendNow = (): Backend => tf.backend() as unknown as Backend;

/** Does the work and writes down what it asks of TensorFlow. */
export function watch(
  work: Work,
  inputs: readonly tf.Tensor[],
  variables: readonly tf.Variable[],
): { recording: Recording; results: Record<string, tf.Tensor> } {
  const recording = new Recording(inputs, variables);
  const backend = backendNow();
  const { executeSingleOutput: one, executeMultipleOutputs: several } = backend;
  const watched = (stock: Execute): Execute =>
    function (this: Backend, name, attributes, inputs, outputs) {
      recording.beforeOperation(inputs);
      const made = stock.call(this, name, attributes, inputs, outputs);
      recording.afterOperation(name, attributes, inputs, Array.isArray(made) ? made : [made]);
      return made;
    };
  backend.executeSingleOutput = watched(one);
  backend.executeMultipleOutputs = watched(several);
  try {
    const results = work(inputs);
    recording.end(results);
    return { recording, results };
  } catch (error) {
    recording.dispose();
    throw error;
  } finally {
    // They were the prototype's, and are so again.
    Reflect.deleteProperty(backend, "executeSingleOutput");
    Reflect.deleteProperty(backend, "executeMultipleOutputs");
  }
}

export class Recording {
  /** Whether it may be played: every tensor in it is an input, a variable, a small constant, or made in it. */
  isPlayable = true;
  /** Equal for two recordings of the same operations on the same constants. */
  signature = "";
  private readonly operations: Operation[] = [];
  private readonly slots = new Map<object, Slot>();
  private readonly constants: { slot: Slot; tensor: tf.Tensor; values: string }[] = [];
  private readonly before: object[];
  private results: [name: string, slot: Slot][] = [];
  private writes: [variable: number, slot: Slot][] = [];
  private slotCount = 0;

  constructor(
    private readonly inputs: readonly tf.Tensor[],
    private readonly variables: readonly tf.Variable[],
  ) {
    for (const { dataId } of [...inputs, ...variables]) this.slots.set(dataId, this.slotCount++);
    this.before = variables.map(({ dataId }) => dataId);
  }

  /** Meets the tensors of an operation; those that nobody announced or made are constants. */
  beforeOperation(inputs: readonly tf.TensorInfo[]): void {
    for (const input of inputs) {
      if (!input.dataId)
        this.isPlayable = false; // a 64-bit number: the addon makes it on the way
      else if (!this.slots.has(input.dataId)) this.addConstant(input);
    }
  }

  private addConstant(info: tf.TensorInfo): void {
    const slot = this.slotCount++;
    this.slots.set(info.dataId, slot);
    if (tf.util.sizeFromShape(info.shape) > LARGEST_CONSTANT) {
      this.isPlayable = false;
      return;
    }
    const values = Array.from(backendNow().readSync(info.dataId)).join();
    const tensor = tf.keep(tf.engine().runKernel<tf.Tensor>("Identity", { x: info as tf.Tensor }));
    this.constants.push({ slot, tensor, values: `${slot}: ${info.dtype} [${info.shape.join()}] ${values}` });
  }

  afterOperation(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: readonly tf.TensorInfo[],
  ): void {
    this.operations.push({
      name,
      attributes,
      inputs: inputs.map(({ dataId }) => this.slots.get(dataId)!),
      outputs: outputs.map(({ dataId }) => {
        this.slots.set(dataId, this.slotCount);
        return this.slotCount++;
      }),
      freed: [],
    });
  }

  end(results: Record<string, tf.Tensor>): void {
    const slotOf = ({ dataId }: tf.Tensor): Slot => {
      const slot = this.slots.get(dataId);
      if (slot === undefined) this.isPlayable = false;
      return slot ?? -1;
    };
    this.results = Object.entries(results).map(([name, tensor]) => [name, slotOf(tensor)]);
    this.variables.forEach((variable, i) => {
      if (variable.dataId !== this.before[i]) this.writes.push([i, slotOf(variable)]);
    });
    this.markFreed();
    this.signature = JSON.stringify([
      this.operations,
      this.constants.map(({ values }) => values),
      this.results,
      this.writes,
    ]);
    this.slots.clear();
  }

  private get firstMade(): Slot {
    return this.inputs.length + this.variables.length;
  }

  /** Finds where each tensor is read last. What is made and never read is freed at once. */
  private markFreed(): void {
    const kept = new Set([...this.results, ...this.writes].map(([, slot]) => slot));
    for (const { slot } of this.constants) kept.add(slot);
    for (const { inputs, outputs, freed } of [...this.operations].reverse())
      for (const slot of new Set([...outputs, ...inputs]))
        if (slot >= this.firstMade && !kept.has(slot)) {
          freed.push(slot);
          kept.add(slot);
        }
  }

  /** Runs the operations again.
   * @returns What the work returned; the surrounding `tf.tidy` owns it. */
  play(inputs: readonly tf.Tensor[]): Record<string, tf.Tensor> {
    const backend = backendNow();
    const { binding } = backend;
    const ids = backend.getInputTensorIds([...inputs, ...this.variables]);
    for (const { slot, tensor } of this.constants) [ids[slot]] = backend.getInputTensorIds([tensor]);
    const alive = new Map<Slot, Made>();
    try {
      for (const { name, attributes, inputs, outputs, freed } of this.operations) {
        const read = inputs.map((slot) => ids[slot]);
        const made = binding.executeOp(name, attributes, read, outputs.length);
        outputs.forEach((slot, i) => {
          ids[slot] = made[i].id;
          alive.set(slot, made[i]);
        });
        for (const slot of freed) {
          binding.deleteTensor(ids[slot]);
          alive.delete(slot);
        }
      }
    } catch (error) {
      for (const { id } of alive.values()) binding.deleteTensor(id);
      throw error;
    }
    return this.handOver(inputs, alive);
  }

  /** Makes tensors of TensorFlow.js of what is left. */
  private handOver(inputs: readonly tf.Tensor[], alive: Map<Slot, Made>): Record<string, tf.Tensor> {
    const backend = backendNow();
    const tensors = new Map<Slot, tf.Tensor>();
    for (const [slot, made] of alive) tensors.set(slot, backend.createOutputTensor(made));
    const given = [...inputs, ...this.variables];
    const tensorIn = (slot: Slot): tf.Tensor =>
      tensors.get(slot) ?? given[slot] ?? this.constants.find((constant) => constant.slot === slot)!.tensor;
    const taken = new Set<Slot>();
    const results = this.results.map(([name, slot]) => {
      const isFirst = tensors.has(slot) && !taken.has(slot);
      taken.add(slot);
      return [name, isFirst ? tensorIn(slot) : tf.clone(tensorIn(slot))] as const;
    });
    for (const [variable, slot] of this.writes) this.variables[variable].assign(tensorIn(slot));
    for (const [slot, tensor] of tensors) if (!taken.has(slot)) tensor.dispose();
    return Object.fromEntries(results);
  }

  dispose(): void {
    for (const { tensor } of this.constants) tensor.dispose();
    this.constants.length = 0;
  }
}
