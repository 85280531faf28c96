/** How much work TensorFlow gets. A training step that is played again calls no layer, and batch norm may be part of
 * the convolution before it: so what counts is what is asked of TensorFlow itself. */
import type { LayersModel, TensorInfo } from "@tensorflow/tfjs-node";
import { tf } from "../../src/helpers/engine";
import { layersOf, weightsOf } from "../../src/helpers/model";

type ExecuteOp = (name: string, attributes: unknown, ids: number[], outputs: number) => { shape: number[] }[];

type CreateTensor = (shape: number[], dtype: number, values: ArrayLike<number>) => number;

type RunSavedModel = (id: number, ids: number[], inputs: string, outputs: string) => { shape: number[] }[];

interface Backend {
  binding: { executeOp: ExecuteOp; createTensor: CreateTensor; runSavedModel: RunSavedModel };
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
}

/** Counts the examples that a convolution has seen from now on, forward, by layer or without. */
export function countExamples(model: LayersModel, name: string): () => number {
  const { layer } = layersOf(model).find((one) => one.name === name)!;
  const kernel = weightsOf(layer)[0].val;
  const backend = tf.backend() as unknown as Backend;
  const { binding } = backend;
  let seen = 0;
  const isKernel = (id: number): boolean =>
    !kernel.isDisposed && id === backend.getInputTensorIds([kernel])[0];
  const executeOp: ExecuteOp = (operation, attributes, ids, outputs) => {
    const made = binding.executeOp(operation, attributes, ids, outputs);
    if (/Conv2D(WithBias)?$/.test(operation) && isKernel(ids[1])) seen += made[0].shape[0];
    return made;
  };
  // A step that TensorFlow does as one program gets the kernel only where it convolves with it; logits come first.
  const runSavedModel: RunSavedModel = (id, ids, inputs, outputs) => {
    const made = binding.runSavedModel(id, ids, inputs, outputs);
    if (ids.some(isKernel)) seen += made[0].shape[0];
    return made;
  };
  // One object over the other: several counters, each with its own kernel.
  backend.binding = Object.create(binding, {
    executeOp: { value: executeOp },
    runSavedModel: { value: runSavedModel },
  }) as Backend["binding"];
  return () => seen;
}

/** Counts the images that are given to TensorFlow from now on, of the size that a model takes. */
export function countImages(model: LayersModel): () => number {
  const size = model.inputs[0].shape.slice(1).join();
  const backend = tf.backend() as unknown as Backend;
  const { binding } = backend;
  let given = 0;
  const createTensor: CreateTensor = (shape, dtype, values) => {
    if (Array.from(shape).slice(1).join() === size) given += shape[0];
    return binding.createTensor(shape, dtype, values);
  };
  backend.binding = Object.create(binding, { createTensor: { value: createTensor } }) as Backend["binding"];
  return () => given;
}
