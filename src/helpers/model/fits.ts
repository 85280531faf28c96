import { type Examples, SAME_TYPE_ONLY } from "../data";
import type { tf } from "../engine";
import { readCard } from "./card";
import { endsInSoftmax } from "./output";

/** Refuses examples that a model cannot be trained or measured on, and says how to mend it.
 * @param action What was about to be done, e.g. `"fine-tune"`.
 * @throws Error where the type, size, channels, value range or number of classes differ. */
export function checkFits(model: tf.LayersModel, examples: Examples, action: string): void {
  checkTakes(model, examples, action);
  const units = model.outputs[0].shape.at(-1);
  if (units !== examples.classes.length)
    throw new Error(
      `Cannot ${action}: "${model.name}" tells ${units} classes apart, the examples have ${examples.classes.length}. Call replaceHead(model, { classes: examples.classes, seed }) first.`,
    );
}

/** Refuses examples that a model cannot take, whatever their classes are, and says how to mend it.
 * @param action What was about to be done, e.g. `"fine-tune"`.
 * @throws Error where the type, size, channels or value range differ. */
export function checkTakes(model: tf.LayersModel, examples: Examples, action: string): void {
  if (!(examples?.images && examples.input && examples.labels))
    throw new TypeError(
      `Cannot ${action}: it needs examples, such as a data set's .train. Received: ${describe(examples)}.`,
    );
  if (examples.count === 0) throw new RangeError(`Cannot ${action}: there are no examples.`);
  const { type, height, width, channels, range } = examples.input;
  const expected = readCard(model)?.input;
  if (expected && expected.type !== type)
    throw new Error(
      `Cannot ${action}: "${model.name}" takes ${expected.type}, the examples are ${type}; ${SAME_TYPE_ONLY}.`,
    );
  const known = expected ? [expected.height, expected.width, expected.channels] : [];
  const [, ...inputs] = model.inputs[0].shape;
  const shape = inputs.map((side, i) => side ?? known[i] ?? null); // what a network leaves open, its card says
  if (shape.length !== 3 || shape.some((side, i) => side !== null && side !== [height, width, channels][i]))
    throw new Error(
      `Cannot ${action}: "${model.name}" takes images of ${shape.map((side) => side ?? "any").join("×")}, the examples are ${height}×${width}×${channels}. Call adapt(examples, { like: model }) first.`,
    );
  if (expected && (expected.range[0] !== range[0] || expected.range[1] !== range[1]))
    throw new Error(
      `Cannot ${action}: "${model.name}" takes values ${expected.range.join("…")}, the examples have ${range.join("…")}. Call adapt(examples, { like: model }) first.`,
    );
}

/** Refuses to train a model whose last layer gives probabilities: the loss is taken of logits.
 * @throws Error where the model ends in a softmax. */
export function checkGivesLogits(model: tf.LayersModel, action: string): void {
  if (endsInSoftmax(model) || readCard(model)?.output === "probabilities")
    throw new Error(
      `Cannot ${action}: "${model.name}" ends in a softmax, and training needs logits. Call replaceHead(model, { classes, seed }) first.`,
    );
}

function describe(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  return `an object with ${Object.keys(value).join(", ")}`;
}
