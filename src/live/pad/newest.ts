import { nextTurn } from "../../helpers/next-turn";

/** Works at the newest of what comes in; what came while it worked, but for the last, is dropped. */
export class Newest<Item> {
  private waiting?: { item: Item };
  private running?: Promise<void>;

  constructor(private readonly work: (item: Item) => Promise<void>) {}

  /** @returns A promise that is kept when nothing waits any more; it fails as the work does. */
  take(item: Item): Promise<void> {
    this.waiting = { item };
    return (this.running ??= this.run());
  }

  private async run(): Promise<void> {
    try {
      for (await nextTurn(); this.waiting; await nextTurn()) {
        const { item } = this.waiting;
        this.waiting = undefined;
        await this.work(item);
      }
    } finally {
      this.running = undefined;
    }
  }
}
