/** What the panel was made with: Reset goes back to it, and each training begins there. */
import { readCard, restoreSnapshot, setCard, takeSnapshot, type Card, type tf } from "../../helpers";

export class Origin {
  private readonly parameters;
  private readonly card?: Card;

  /** Keeps a copy of a model's parameters, statistics and card. */
  constructor(private readonly model: tf.LayersModel) {
    this.parameters = takeSnapshot(model);
    this.card = readCard(model);
  }

  /** Puts them back. What is frozen stays as it is. */
  restore(): void {
    restoreSnapshot(this.model, this.parameters);
    if (this.card) setCard(this.model, { temperature: undefined, ...this.card });
  }
}
