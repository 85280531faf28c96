/** Max-pooling before what commutes with it: a bias and ReLU after the pooling have a quarter of the values to go
 * through, and their results are the same to the last bit. */
import { tf } from "../engine";
import { INPUT, type Step } from "./graph";
import type { Layer } from "./layers";
import { applied, moveOf, onlyTaker, type Move } from "./pass";
import { convolve, finish, isConvolutionBeforeRising, isRising } from "./prepare-layer";

/** What a training pass does for each step of a graph, max-pooling first where that changes nothing. */
export function poolFirst(graph: readonly Step[]): (Move | undefined)[] {
  const moves: (Move | undefined)[] = graph.map((step) => moveOf(step, true));
  const isAlone = (index: number): boolean => index !== INPUT && onlyTaker(graph, index) !== undefined;
  graph.forEach(({ layer: pool, inputs }, index) => {
    if (!isMaxPooling(pool)) return;
    const delayed: ((y: tf.Tensor) => tf.Tensor)[] = [];
    let from = inputs[0];
    while (isAlone(from) && isRising(graph[from].layer)) {
      const { layer } = graph[from];
      delayed.unshift((y) => applied(layer, [y], true));
      moves[from] = undefined;
      from = graph[from].inputs[0];
    }
    if (isAlone(from) && isConvolutionBeforeRising(graph[from].layer)) {
      const { layer } = graph[from];
      moves[from] = { run: ([x]) => convolve(layer, x), inputs: graph[from].inputs };
      delayed.unshift((y) => finish(layer, y));
    }
    const run = ([x]: tf.Tensor[]) =>
      tf.tidy(() => delayed.reduce((y, next) => next(y), applied(pool, [x], true)));
    moves[index] = { run, inputs: [from] };
  });
  return moves;
}

function isMaxPooling(layer: Layer): boolean {
  const { dataFormat } = layer as Layer & { dataFormat?: string };
  return layer.getClassName() === "MaxPooling2D" && dataFormat === "channelsLast";
}
