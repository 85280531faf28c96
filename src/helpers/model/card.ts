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
  /** The sets it was trained on, first to last: `[]` for random parameters. */
  trainedOn: { set: string; examples: number; how: string }[];
  seed: number | null;
  accuracy: MeasuredAccuracy | null;
  /** The version of this package that made it. */
  version: string;
}

/** The card of a model, a copy.
 * @throws Error where the model has none, because another program made it. */
export function cardOf(model: tf.LayersModel): Card {
  const card = readCard(model);
  if (!card)
    throw new Error(
      `Cannot read the card of "${model.name}": it has none. Models of buildConvNet, replaceHead and loadModel have one.`,
    );
  return card;
}

/** The card of a model, a copy, or undefined where it has none. */
export function readCard(model: tf.LayersModel): Card | undefined {
  const metadata = model.getUserDefinedMetadata() as { card?: Card } | undefined | null;
  return metadata?.card && structuredClone(metadata.card);
}

/** Gives a model its card, or changes the named fields of the one it has. */
export function setCard(model: tf.LayersModel, card: Card | Partial<Card>): void {
  model.setUserDefinedMetadata({ card: { ...readCard(model), ...structuredClone(card) } });
}

/** Names the model's parameters in a sentence: `"cifar10-convnet, trained on cifar10 (50,000 examples)"`. */
export function describeCard({ name, trainedOn }: Card): string {
  if (trainedOn.length === 0) return `${name}, random parameters`;
  const sets = trainedOn.map(({ set, examples }) => `${set} (${examples.toLocaleString("en")} examples)`);
  return `${name}, trained on ${sets.join(", then ")}`;
}
