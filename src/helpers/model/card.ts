/** The card of a model: what it takes, what it tells apart, and where its parameters come from. */
import type { InputSpec } from "../data";
import { tf } from "../engine";

/** A measured accuracy with its 95 % interval, each in 0…1. */
export interface MeasuredAccuracy {
  value: number;
  low: number;
  high: number;
  /** The number of test examples. */
  count: number;
  /** What it was measured on. */
  on: string;
}

export interface Card {
  name: string;
  input: InputSpec;
  classes: string[];
  /** What the last layer gives. */
  output: "logits" | "probabilities";
  /** The sets it was trained on, first to last: `[]` for random parameters, or where nobody knows. */
  trainedOn: { set: string; examples: number; how: string }[];
  seed: number | null;
  accuracy: MeasuredAccuracy | null;
  /** What logits are divided by before they become confidences; absent where nobody calibrated the model. */
  temperature?: number;
  /** Under what terms the parameters were published, e.g. `"Apache-2.0"`; absent where it isn't known. */
  licence?: string;
  /** Where the parameters were had from: an address or a folder; absent where they are this package's own. */
  source?: string;
  /** The version of this package that made it. */
  version: string;
}

/** The card of a model, a copy.
 * @throws Error where the model has none, because another program made it. */
export function cardOf(model: tf.LayersModel): Card {
  const card = readCard(model);
  if (!card)
    throw new Error(
      `Cannot read the card of "${model.name}": it has none. Models of buildConvNet, loadPretrained and loadModel have one; loadPretrained(folder) gives one to a model of another program.`,
    );
  return card;
}

/** The card of a model, a copy, or undefined where it has none. */
export function readCard(model: tf.LayersModel): Card | undefined {
  const metadata = model.getUserDefinedMetadata() as { card?: Card } | undefined | null;
  return metadata?.card && structuredClone(metadata.card);
}

/** Checks that something read from a file is a card.
 * @throws Error that says what is missing. */
export function checkCard(card: unknown): Card {
  const { classes, input } = (card ?? {}) as Partial<Card>;
  if (!Array.isArray(classes) || !input?.range) throw new Error("classes or input are missing");
  return card as Card;
}

/** Gives a model its card, or changes the named fields of the one it has; those set to undefined go. */
export function setCard(model: tf.LayersModel, card: Card | Partial<Card>): void {
  const fields = Object.entries({ ...readCard(model), ...structuredClone(card) });
  const known = fields.filter(([, value]) => value !== undefined);
  model.setUserDefinedMetadata({ card: Object.fromEntries(known) });
}

/** Names the model's parameters in a sentence: `"cifar10-convnet, trained on cifar10 (50,000 examples)"`. */
export function describeCard({ name, trainedOn, source }: Card): string {
  if (trainedOn.length === 0) return source ? `${name}, from ${source}` : `${name}, random parameters`;
  const sets = trainedOn.map(({ set, examples }) => `${set} (${examples.toLocaleString("en")} examples)`);
  return `${name}, trained on ${sets.join(", then ")}`;
}
