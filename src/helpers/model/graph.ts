/** A model as a list of steps, nested models opened: for looking at what lies between input and output. */
import { tf } from "../engine";
import { isModel, layersOf, type Layer } from "./layers";

/** One use of a layer. */
export interface Step {
  /** As `layersOf` calls it, inside a nested model `"trunk/conv1"`; a second use of the layer ends in `"#2"`. */
  name: string;
  layer: Layer;
  /** The steps whose results it takes, as indices into the graph; `INPUT` is the model's input. */
  inputs: number[];
}

/** The index that stands for the model's input. */
export const INPUT = -1;

/** What TensorFlow.js keeps of how a symbolic tensor comes about. */
interface Symbolic {
  sourceLayer: Layer;
  nodeIndex: number;
  tensorIndex: number;
}

interface Node {
  inputTensors: Symbolic[];
}

/** The steps of a model, each after those it takes its input from; the last one gives the model's output.
 * @throws Error where the model, or a layer inside it, has several inputs or outputs of its own. */
export function graphOf(model: tf.LayersModel): Step[] {
  const steps: Step[] = [];
  const uses = new Map<Layer, number>();
  // A model that a sequential one begins with is dissolved in it: the names tell what is inside of what.
  const names = new Map(layersOf(model).map(({ name, layer }) => [layer, name]));

  const walk = (inside: tf.LayersModel, input: number): number => {
    if (inside.inputs.length !== 1 || inside.outputs.length !== 1)
      throw new Error(
        `Cannot look into "${inside.name}": it needs one input and one output. It has ${inside.inputs.length} and ${inside.outputs.length}.`,
      );
    const entry = (inside.inputs[0] as unknown as Symbolic).sourceLayer;
    const found = new Map<object, number>();
    const visit = ({ sourceLayer: layer, nodeIndex, tensorIndex }: Symbolic): number => {
      if (layer === entry) return input;
      const node = (layer.inboundNodes as unknown as Node[])[nodeIndex];
      const known = found.get(node);
      if (known !== undefined) return known;
      if (tensorIndex > 0)
        throw new Error(`Cannot look into "${model.name}": "${layer.name}" has several outputs.`);
      const inputs = node.inputTensors.map(visit);
      let index: number;
      if (isModel(layer)) index = walk(layer, inputs[0]);
      else {
        const use = (uses.get(layer) ?? 0) + 1;
        uses.set(layer, use);
        const name = names.get(layer)! + (use > 1 ? `#${use}` : "");
        index = steps.push({ name, layer, inputs }) - 1;
      }
      found.set(node, index);
      return index;
    };
    return visit(inside.outputs[0] as unknown as Symbolic);
  };

  walk(model, INPUT);
  return steps;
}

/** The index of a step by name.
 * @param action What needs it, for the error.
 * @throws RangeError where no step is called so. */
export function stepNamed(graph: readonly Step[], name: string, action: string): number {
  const index = graph.findIndex((step) => step.name === name);
  if (index < 0)
    throw new RangeError(
      `Cannot ${action} "${name}": the layers are ${graph.map((step) => `"${step.name}"`).join(", ")}.`,
    );
  return index;
}

export interface RunOptions {
  /** The steps whose results are wanted, as indices. */
  to: readonly number[];
  /** The step whose result `input` is; the model's input where it is left out. */
  from?: number;
  /** Results of other steps, where they are at hand; taken as they are, and borrowed. */
  known?: ReadonlyMap<number, tf.Tensor>;
  /** Give what the wanted steps have before their own activation function: a convolution's sums before ReLU. */
  beforeActivation?: boolean;
  /** Run the layers as a training step does, not in inference mode. */
  training?: boolean;
}

/** Runs the part of a model that lies between `from` and the wanted steps, in inference mode unless told
 * otherwise. Nothing but convolutions and their like lies on the way to most inner layers, and these take images
 * of other sizes, too.
 * @param input What `from` gives, `[batch, …]`; borrowed.
 * @returns A tensor for each wanted step; the caller disposes them. Gradients flow through. */
export function runGraph(
  graph: readonly Step[],
  input: tf.Tensor,
  { to, from = INPUT, known: given = new Map(), beforeActivation = false, training = false }: RunOptions,
): tf.Tensor[] {
  return tf.tidy(() => {
    const results = new Map<number, tf.Tensor>([...given, [from, input]]);
    const result = (index: number): tf.Tensor => {
      const known = results.get(index);
      if (known) return known;
      if (index === INPUT)
        throw new RangeError(
          `Cannot run the model from "${graph[from].name}": a wanted layer also takes input from before it.`,
        );
      const value = apply(graph[index].layer, graph[index].inputs.map(result), training);
      results.set(index, value);
      return value;
    };
    return to.map((index) => {
      if (!beforeActivation || index === from) return tf.clone(result(index));
      const inputs = graph[index].inputs.map(result);
      return withoutActivation(graph[index].layer, () =>
        tf.clone(apply(graph[index].layer, inputs, training)),
      );
    });
  });
}

function apply(layer: Layer, inputs: tf.Tensor[], training: boolean): tf.Tensor {
  return layer.apply(inputs.length === 1 ? inputs[0] : inputs, { training }) as tf.Tensor;
}

/** Has a layer do its work with no activation function. Those that are nothing but one become the identity. */
function withoutActivation<T>(layer: Layer, work: () => T): T {
  const open = layer as unknown as { activation?: unknown };
  const own = open.activation;
  if (!own) return work();
  open.activation = (tf.layers.dense({ units: 1 }) as unknown as { activation: unknown }).activation;
  try {
    return work();
  } finally {
    open.activation = own;
  }
}
