/** The gradients of a loss, with every tensor freed as soon as the way back is past it.
 *
 * `tf.variableGrads` keeps all that the way there and back computes until the end: two thirds of it are dead by
 * then, and what follows finds neither the memory nor the cache free. */
import { tf } from "./tf";

/** What the engine records of one operation. */
interface TapeNode {
  inputs: Record<string, tf.Tensor>;
  outputs: tf.Tensor[];
  saved: tf.Tensor[];
  kernelName: string;
  gradient?: (dys: (tf.Tensor | undefined)[]) => Record<string, () => tf.Tensor>;
}

interface Engine {
  startTape(): void;
  endTape(): void;
  state: { gradientDepth: number; activeTape: TapeNode[] | null };
}

/** The value of a loss and its gradients.
 *
 * @param loss Computes a scalar, by operations of TensorFlow.js.
 * @returns The loss, and by name of the variables those gradients that there are. The surrounding `tf.tidy` owns
 *   them. */
export function lossAndGradients(
  loss: () => tf.Scalar,
  variables: tf.Variable[],
): { value: tf.Scalar; grads: Record<string, tf.Tensor> } {
  const engine = tf.engine() as unknown as Engine;
  engine.startTape();
  let value: tf.Scalar;
  try {
    value = tf.tidy(loss);
  } finally {
    engine.endTape();
  }
  const tape = engine.state.activeTape!;
  if (engine.state.gradientDepth === 0) engine.state.activeTape = null;
  return { value, grads: tf.tidy(() => goBack(tape, value, variables)) };
}

/** The ids of the tensors that depend on a variable. */
function dependents(tape: TapeNode[], variables: tf.Variable[]): Set<number> {
  const found = new Set(variables.map(({ id }) => id));
  for (const { inputs, outputs } of tape)
    if (Object.values(inputs).some(({ id }) => found.has(id))) for (const { id } of outputs) found.add(id);
  return found;
}

function goBack(tape: TapeNode[], value: tf.Scalar, variables: tf.Variable[]): Record<string, tf.Tensor> {
  const onTheWay = dependents(tape, variables);
  const gradients = new Map<number, tf.Tensor>([[value.id, tf.onesLike(value)]]);
  for (const node of tape.reverse()) {
    const dys = node.outputs.map(({ id }) => gradients.get(id));
    if (dys.some((dy) => dy)) {
      const wanted = Object.keys(node.inputs).filter((name) => onTheWay.has(node.inputs[name].id));
      const dxs = tf.tidy(() => gradientsOf(node, dys, wanted));
      wanted.forEach((name, i) => accumulate(gradients, node.inputs[name].id, dxs[i]));
      for (const { id } of node.outputs) {
        gradients.get(id)?.dispose();
        gradients.delete(id);
      }
    }
    tf.dispose(node.saved);
  }
  const found = variables.flatMap(({ id, name }) => {
    const gradient = gradients.get(id);
    return gradient ? [[name, gradient] as const] : [];
  });
  return Object.fromEntries(found);
}

function gradientsOf(node: TapeNode, dys: (tf.Tensor | undefined)[], wanted: string[]): tf.Tensor[] {
  if (wanted.length === 0) return [];
  if (!node.gradient)
    throw new Error(`Cannot compute gradients: TensorFlow.js has none for the kernel "${node.kernelName}".`);
  const gradients = node.gradient(dys);
  return wanted.map((name) => {
    const dx = gradients[name]();
    return dys.includes(dx) ? tf.clone(dx) : dx;
  });
}

function accumulate(gradients: Map<number, tf.Tensor>, id: number, dx: tf.Tensor): void {
  const before = gradients.get(id);
  gradients.set(id, before ? tf.add(before, dx) : dx);
  if (before) tf.dispose([before, dx]);
}
