/** A recording as the nodes of a TensorFlow graph. */
import type { Attribute } from "../backend";
import { attribute, DTYPE_FLOAT32, FLOAT32 } from "../native/execute";
import type { Node } from "./messages";
import type { Recording, Slot } from "./recording";

/** The nodes, and the names by which a session is asked for what they do. */
export interface Nodes {
  all: Node[];
  /** The output of each slot, as a session is asked for it. */
  outputOf(slot: Slot): string;
  /** Those of the inputs and variables that are read. */
  fed: Slot[];
  /** The resources whose values stay from run to run, in this order. */
  kept: Slot[];
  /** The node that is asked for to take new values of these, from {@link loadOf}. */
  loaded: string;
  loadOf(slot: Slot): string;
  /** Gives the value of one of them. */
  valueOf(slot: Slot): string;
  /** The node that is asked for to let go of all values. */
  dropped: string;
}

const [LOADED, DROPPED] = ["loaded", "dropped"];
const numbered = (kind: string) => (slot: Slot) => `${kind}${slot}`;
const [inputOf, loadOf, valueOf, resourceOf] = ["input", "load", "value", "resource"].map(numbered);

/** @param given Type and shape of the recording's inputs and variables. */
export function nodesOf(
  recording: Recording,
  given: readonly { dtype: number; shape: readonly number[] }[],
): Nodes {
  const { operations, constants, resources } = recording;
  const outputs = new Map<Slot, string>();
  const all: Node[] = [];
  const add = (name: string, op: string, inputs: readonly string[], attributes: readonly Attribute[]): void =>
    void all.push({ name, op, inputs, attributes });
  const touched = new Set(operations.flatMap(({ inputs }) => inputs));
  const fed = given.flatMap((_, slot) => (touched.has(slot) ? [slot] : []));
  for (const slot of fed) {
    const { dtype, shape } = given[slot];
    const attributes = [attribute.type("dtype", dtype), attribute.shape("shape", [...shape])];
    add(inputOf(slot), "Placeholder", [], attributes);
    outputs.set(slot, inputOf(slot));
  }
  for (const [slot, value] of constants) {
    const name = numbered("constant")(slot);
    all.push({ name, op: "Const", inputs: [], attributes: [attribute.type("dtype", value.dtype)], value });
    outputs.set(slot, name);
  }
  for (const [slot, { shape }] of resources) {
    const sharedName = attribute.string("shared_name", resourceOf(slot));
    add(
      resourceOf(slot),
      "VarHandleOp",
      [],
      [DTYPE_FLOAT32, attribute.shape("shape", [...shape]), sharedName],
    );
    outputs.set(slot, resourceOf(slot));
  }
  const last = new Map<Slot, string>(); // what touched a resource last: its operations keep their order
  operations.forEach(({ name: op, attributes, inputs, outputs: made }, i) => {
    const name = numbered("operation")(i);
    const resourcesHere = [...new Set(inputs)].filter((slot) => resources.has(slot));
    const before = new Set(resourcesHere.flatMap((slot) => last.get(slot) ?? []));
    const data = inputs.map((slot) => outputs.get(slot)!);
    add(name, op, [...data, ...[...before].map((node) => `^${node}`)], attributes);
    for (const slot of resourcesHere) last.set(slot, name);
    made.forEach((slot, output) => outputs.set(slot, output === 0 ? name : `${name}:${output}`));
  });
  const kept = [...resources.keys()].filter((slot) => !isWrittenFirst(recording, slot));
  addHousekeeping(all, recording, kept);
  return {
    all,
    fed,
    kept,
    outputOf: (slot) => session(outputs.get(slot)!),
    loadOf: (slot) => session(loadOf(slot)),
    valueOf: (slot) => session(valueOf(slot)),
    loaded: session(LOADED),
    dropped: session(DROPPED),
  };
}

/** The name of an output as a session wants it, with its number. */
function session(output: string): string {
  return output.includes(":") ? output : `${output}:0`;
}

/** Whether the first operation on a resource gives it a new value. */
function isWrittenFirst({ operations }: Recording, slot: Slot): boolean {
  const first = operations.find(({ inputs }) => inputs.includes(slot))!;
  return first.name === "AssignVariableOp" && first.inputs[0] === slot;
}

/** Nodes to load, read and drop the values of resources. */
function addHousekeeping(all: Node[], { resources }: Recording, kept: readonly Slot[]): void {
  const done = (name: string, after: readonly string[]): void =>
    void all.push({
      name,
      op: "Const",
      inputs: after.map((node) => `^${node}`),
      attributes: [DTYPE_FLOAT32],
      value: { dtype: FLOAT32, shape: [], bytes: new Uint8Array(4) },
    });
  for (const slot of kept) {
    const shape = attribute.shape("shape", [...resources.get(slot)!.shape]);
    all.push({ name: loadOf(slot), op: "Placeholder", inputs: [], attributes: [DTYPE_FLOAT32, shape] });
    const assign = { name: `assign${slot}`, op: "AssignVariableOp", attributes: [DTYPE_FLOAT32] };
    all.push({ ...assign, inputs: [resourceOf(slot), loadOf(slot)] });
    all.push({
      name: valueOf(slot),
      op: "ReadVariableOp",
      inputs: [resourceOf(slot)],
      attributes: [DTYPE_FLOAT32],
    });
  }
  const ignore = attribute.bool("ignore_lookup_error", true);
  for (const slot of resources.keys())
    all.push({
      name: `destroy${slot}`,
      op: "DestroyResourceOp",
      inputs: [resourceOf(slot)],
      attributes: [ignore],
    });
  done(
    LOADED,
    kept.map((slot) => `assign${slot}`),
  );
  done(
    DROPPED,
    [...resources.keys()].map((slot) => `destroy${slot}`),
  );
}
