/** The network behind a pad: a copy of the one that was given, and what was made of it. */
import {
  cardOf,
  confidences,
  copyModel,
  predictLogits,
  replaceHead,
  type Examples,
  type InputSpec,
  type tf,
} from "../../helpers";
import { examplesOf } from "./picture";

/** How sure the network is of one class, 0…1. */
export interface Guess {
  name: string;
  confidence: number;
}

export class PadNetwork {
  readonly input: InputSpec;
  private readonly came: tf.LayersModel;
  private names: string[];
  private start: tf.LayersModel;
  private taught?: tf.LayersModel;

  /** @param model Borrowed, copied.
   * @param classes What it is to tell apart; what it tells apart already where they are not said. */
  constructor(
    model: tf.LayersModel,
    classes: string[] | undefined,
    private readonly seed: number,
  ) {
    const card = cardOf(model);
    this.input = card.input;
    this.names = [...(classes ?? card.classes)];
    this.came = copyModel(model);
    this.start = this.begin();
  }

  get classes(): string[] {
    return [...this.names];
  }

  /** What predicts now; owned by this. */
  get model(): tf.LayersModel {
    return this.taught ?? this.start;
  }

  /** What predicted before anything was taught; owned by this. */
  get asItCame(): tf.LayersModel {
    return this.start;
  }

  /** Whether the output layer came with the network, or has learned since. */
  get isTaught(): boolean {
    return this.taught !== undefined || this.start === this.came;
  }

  /** Sets what is to be told apart; other classes get a new output layer, which has learned nothing. */
  useClasses(classes: readonly string[]): void {
    this.forget();
    if (this.start !== this.came) this.start.dispose();
    this.names = [...classes];
    this.start = this.begin();
  }

  /** Goes back to the parameters that it came with. */
  forget(): void {
    this.taught?.dispose();
    this.taught = undefined;
  }

  /** Takes over a network that has learned; owned from now on. */
  take(model: tf.LayersModel): void {
    this.forget();
    this.taught = model;
  }

  /** A copy with a new output layer for the classes, to be trained; the caller disposes it. */
  fresh(): tf.LayersModel {
    return replaceHead(this.came, { classes: this.classes, seed: this.seed });
  }

  /** The confidences, the most likely class first.
   * @param picture `[height, width, channels]`, 0…255. */
  guesses(picture: Uint8Array): Promise<Guess[]> {
    return guessesOf(this.model, examplesOf([picture], [0], this));
  }

  dispose(): void {
    this.forget();
    if (this.start !== this.came) this.start.dispose();
    this.came.dispose();
  }

  private begin(): tf.LayersModel {
    const { classes } = cardOf(this.came);
    const areTheSame = classes.length === this.names.length && classes.every((n, i) => n === this.names[i]);
    return areTheSame ? this.came : this.fresh();
  }
}

async function guessesOf(model: tf.LayersModel, one: Examples): Promise<Guess[]> {
  const { classes, temperature } = cardOf(model);
  const shares = confidences(await predictLogits(model, one), classes.length, temperature);
  const guesses = classes.map((name, c) => ({ name, confidence: shares[c] }));
  return guesses.sort((a, b) => b.confidence - a.confidence);
}
