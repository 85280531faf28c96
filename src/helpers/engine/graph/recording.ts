/** What some work asked of TensorFlow: its operations, and which tensor goes where. */
import { backendNow, type Attribute, type Backend, type Execute } from "../backend";
import { resourceOf, type Resource } from "../resource";
import { tf } from "../tf";
import type { Value } from "./messages";

/** Some work on tensors that runs the same operations whatever the values are. What it reads is its inputs, the
 * variables it was announced with, resources, and constants; what it writes is those variables and resources. */
export type Work = (inputs: readonly tf.Tensor[]) => Record<string, tf.Tensor>;

/** A place for a tensor: inputs first, then variables, then what comes as it comes. */
export type Slot = number;

export interface Operation {
  name: string;
  attributes: readonly Attribute[];
  inputs: Slot[];
  outputs: Slot[];
}

/** A constant with more values than this is none: it is data that should have been an input. */
const LARGEST_CONSTANT = 4096;

/** TensorFlow's numbers of the types of values. */
export const DTYPES: Partial<Record<tf.DataType, number>> = { float32: 1, int32: 3, bool: 10 };

/** Does the work and writes down what it asks of TensorFlow. */
export function watch(
  work: Work,
  inputs: readonly tf.Tensor[],
  variables: readonly tf.Variable[],
): { recording: Recording; results: Record<string, tf.Tensor> } {
  const recording = new Recording(inputs, variables);
  const backend = backendNow();
  const { executeSingleOutput: one, executeMultipleOutputs: several } = backend;
  const watched = <Made extends tf.Tensor | tf.Tensor[]>(stock: Execute<Made>): Execute<Made> =>
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
  } finally {
    // They were the prototype's, and are so again.
    Reflect.deleteProperty(backend, "executeSingleOutput");
    Reflect.deleteProperty(backend, "executeMultipleOutputs");
  }
}

/** What two sets of tensors must have in common for a recording of one to hold for the other: shapes and types,
 * and which of them are the same data. */
export function formOf(tensors: readonly tf.Tensor[]): string {
  const first = new Map<object, number>();
  return tensors
    .map(({ dataId, dtype, shape }, i) => {
      if (!first.has(dataId)) first.set(dataId, i);
      return `${first.get(dataId)} ${dtype} ${shape.join("×")}`;
    })
    .join();
}

export class Recording {
  /** Whether it may be played: every tensor in it is an input, a variable, a resource, a small constant, or made
   * in it. */
  isPlayable = true;
  /** Equal for two recordings of the same operations on the same constants. */
  signature = "";
  readonly form: string;
  readonly operations: Operation[] = [];
  readonly constants = new Map<Slot, Value>();
  readonly resources = new Map<Slot, Resource>();
  /** What the work returns, and which variables it writes, by their index. */
  results: [name: string, slot: Slot][] = [];
  writes: [variable: number, slot: Slot][] = [];
  private readonly slots = new Map<object, Slot>();
  private readonly before: object[];
  private slotCount = 0;

  constructor(
    inputs: readonly tf.Tensor[],
    private readonly variables: readonly tf.Variable[],
  ) {
    const given = [...inputs, ...variables];
    this.form = formOf(given);
    for (const { dataId } of given) {
      if (!this.slots.has(dataId)) this.slots.set(dataId, this.slotCount);
      this.slotCount++;
    }
    this.before = variables.map(({ dataId }) => dataId);
  }

  /** Meets the tensors of an operation; those that nobody announced or made are resources or constants. */
  beforeOperation(inputs: readonly tf.TensorInfo[]): void {
    for (const input of inputs) {
      if (!input.dataId)
        this.isPlayable = false; // a 64-bit number: the addon makes it on the way
      else if (!this.slots.has(input.dataId)) this.addStranger(input);
    }
  }

  private addStranger(info: tf.TensorInfo): void {
    const slot = this.slotCount++;
    this.slots.set(info.dataId, slot);
    const resource = resourceOf(info);
    const dtype = DTYPES[info.dtype];
    if (resource) this.resources.set(slot, resource);
    else if (dtype === undefined || tf.util.sizeFromShape(info.shape) > LARGEST_CONSTANT)
      this.isPlayable = false;
    else {
      const { buffer, byteOffset, byteLength } = backendNow().readSync(info.dataId);
      const bytes = new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
      this.constants.set(slot, { dtype, shape: info.shape, bytes });
    }
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
    this.slots.clear();
    const constants = [...this.constants].map(([slot, { dtype, shape, bytes }]) =>
      [slot, dtype, shape.join("×"), Buffer.from(bytes).toString("base64")].join(" "),
    );
    const resources = [...this.resources].map(([slot, { shape }]) => `${slot} ${shape.join("×")}`);
    this.signature = JSON.stringify([
      this.form,
      this.operations,
      constants,
      resources,
      this.results,
      this.writes,
    ]);
  }
}
