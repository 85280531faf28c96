/** The part of TensorFlow.js's backend that the engine works by; it comes without types. */
import { tf } from "./tf";

/** An attribute of an operation, with the code of its type that the addon wants. */
export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** Runs one operation. */
export type Execute<Made> = (
  op: string,
  attributes: readonly Attribute[],
  inputs: readonly tf.TensorInfo[],
  outputs: number,
) => Made;

/** What the addon tells of a tensor it made. */
export interface Made {
  id: number;
  shape: number[];
  dtype: number;
}

export interface Backend {
  executeSingleOutput: Execute<tf.Tensor>;
  executeMultipleOutputs: Execute<tf.Tensor[]>;
  readSync(dataId: object): NodeJS.TypedArray;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(made: Made): tf.Tensor;
  /** TensorFlow itself, which knows tensors by their numbers. */
  binding: {
    executeOp(op: string, attributes: readonly Attribute[], ids: readonly number[], outputs: number): Made[];
    loadSavedModel(folder: string, tags: string): number;
    runSavedModel(session: number, ids: readonly number[], inputs: string, outputs: string): Made[];
    deleteSavedModel(session: number): void;
  };
}

export function backendNow(): Backend {
  return tf.backend() as unknown as Backend;
}
