/** Max-pooling before what commutes with it: a bias and ReLU after the pooling have a quarter of the values to go
 * through, and their results are the same to the last bit. */
import { tf } from "../engine";
import { INPUT, type Step } from "./graph";
import type { Layer } from "./layers";
import { convolve, finish, isConvolutionBeforeRising, isRising } from "./prepare-layer";

/** A part of a training pass. */
export interface Move {
  /** The surrounding `tf.tidy` owns what it gives. */
  run(inputs: tf.Tensor[]): tf.Tensor;
  /** Indices of the moves whose results it takes; `INPUT` is the model's input. */
  inputs: number[];
}

const TRAINING = { training: true };

function applied(layer: Layer, inputs: tf.Tensor[]): tf.Tensor {
  return layer.apply(inputs.length === 1 ? inputs[0] : inputs, TRAINING) as tf.Tensor;
}

/** What a training pass does for each step of a graph, max-pooling first where that changes nothing. A step that
 * another one does with its own is left out. */
export function movesOf(graph: readonly Step[]): (Move | undefined)[] {
  const moves: (Move | undefined)[] = graph.map(({ layer, inputs }) => ({
    run: (taken) => applied(layer, taken),
    inputs,
  }));
  const takers = graph.map((_, i) => graph.filter(({ inputs }) => inputs.includes(i)).length);
  graph.forEach(({ layer: pool, inputs }, index) => {
    if (!isMaxPooling(pool)) return;
    const delayed: ((y: tf.Tensor) => tf.Tensor)[] = [];
    let from = inputs[0];
    while (from !== INPUT && takers[from] === 1 && isRising(graph[from].layer)) {
      const { layer } = graph[from];
      delayed.unshift((y) => applied(layer, [y]));
      moves[from] = undefined;
      from = graph[from].inputs[0];
    }
    if (from !== INPUT && takers[from] === 1 && isConvolutionBeforeRising(graph[from].layer)) {
      const { layer } = graph[from];
      moves[from] = { run: ([x]) => convolve(layer, x), inputs: graph[from].inputs };
      delayed.unshift((y) => finish(layer, y));
    }
    const run = ([x]: tf.Tensor[]) => tf.tidy(() => delayed.reduce((y, next) => next(y), applied(pool, [x])));
    moves[index] = { run, inputs: [from] };
  });
  return moves;
}

function isMaxPooling(layer: Layer): boolean {
  const { dataFormat } = layer as Layer & { dataFormat?: string };
  return layer.getClassName() === "MaxPooling2D" && dataFormat === "channelsLast";
}
