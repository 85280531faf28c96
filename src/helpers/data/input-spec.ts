import { report } from "../report";
import { checkInputSpec } from "./check-examples";
import type { InputSpec } from "./examples";

/** A model, as far as its input goes: a `tf.LayersModel` is one. Models of this package carry a card that says
 * what they take. */
export interface ModelLike {
  name: string;
  inputs: { shape: (number | null)[] }[];
  getUserDefinedMetadata(): object;
}

/** Whatever shows what an input looks like: a model, a data set, examples, or the description itself. */
export type InputLike = ModelLike | { input: InputSpec } | InputSpec;

/** What a model expects, or what the examples of a set look like. A model without a card says nothing of its
 * value range: 0…255 is assumed.
 * @throws Error where a model doesn't take images of one size.
 * @example const { height, width } = inputSpecOf(source); */
export function inputSpecOf(like: InputLike): InputSpec {
  return readInput(like).input;
}

/** What a model takes, for work that depends on the value range: as stated, else as its card says. One reported
 * line says where 0…255 had to be assumed. */
export function inputToUse(model: ModelLike, stated: InputSpec | undefined, action: string): InputSpec {
  const { input, assumed } = readInput(stated ?? model);
  if (assumed)
    report(
      `"${model.name}" has no card that says what it takes: to ${action}, pixel values 0…255 are assumed. Give { input } where it takes others.`,
    );
  return input;
}

/** What a model expects or a set looks like, and whether the value range is only assumed.
 * @param fallback For the height and width that a model leaves open. */
export function readInput(like: InputLike, fallback?: InputSpec): { input: InputSpec; assumed: boolean } {
  if (isModel(like)) {
    const metadata = like.getUserDefinedMetadata() as { card?: { input?: InputSpec } } | null | undefined;
    const known = metadata?.card?.input;
    if (known) return { input: checked(known), assumed: false };
    return { input: fromShape(like, fallback), assumed: true };
  }
  const input = like && "input" in like ? like.input : like;
  return { input: checked(input), assumed: false };
}

function isModel(like: InputLike): like is ModelLike {
  return typeof (like as Partial<ModelLike> | undefined)?.getUserDefinedMetadata === "function";
}

function checked(input: InputSpec): InputSpec {
  checkInputSpec(input);
  const { type, height, width, channels, range } = input;
  return { type, height, width, channels, range: [range[0], range[1]] };
}

function fromShape({ name, inputs }: ModelLike, fallback?: InputSpec): InputSpec {
  const [, ...shape] = inputs[0].shape;
  const [height = null, width = null, channels = null] = shape;
  if (inputs.length !== 1 || shape.length !== 3 || channels === null)
    throw new Error(
      `Cannot tell what images "${name}" takes: its inputs are ${inputs.map((i) => `[${i.shape.join(", ")}]`).join(" and ")}, and one of [batch, height, width, channels] is needed.`,
    );
  const rows = height ?? fallback?.height;
  const columns = width ?? fallback?.width;
  if (rows === undefined || columns === undefined)
    throw new Error(`Cannot tell what size "${name}" takes: it leaves height and width open.`);
  return checked({ type: "image", height: rows, width: columns, channels, range: [0, 255] });
}
