import type { Examples } from "../data";
import { tf } from "../engine";
import { batchSizeFor, score } from "../model";
import { nextTurn } from "../next-turn";
import { random } from "../random";
import { PrefixCache, type CachePrefix } from "./prefix-cache";

/** Examples that a training is measured on after each epoch; what the frozen layers make of them is kept, too. */
export class Watched {
  private readonly prefix: PrefixCache;

  /** @param model Borrowed, as are the examples. It gives logits.
   * @param epochs How often they will be measured. */
  constructor(
    private readonly model: tf.LayersModel,
    private readonly examples: Examples,
    { epochs, cachePrefix, speak }: { epochs: number; cachePrefix?: CachePrefix; speak: boolean },
  ) {
    const chance = random(0); // draws nothing: nothing is augmented
    this.prefix = new PrefixCache(model, examples, {
      augmentation: {},
      chance,
      epochs,
      cachePrefix,
      speak,
      training: false,
    });
  }

  /** How the model does on them as it is now. */
  async measure(): Promise<{ loss: number; accuracy: number }> {
    const { count, labels, input } = this.examples;
    const classes = this.model.outputs[0].shape.at(-1)!;
    const logits = new Float32Array(count * classes);
    const size = batchSizeFor(input);
    for (let start = 0; start < count; start += size) {
      const indices = Int32Array.from({ length: Math.min(size, count - start) }, (_, i) => start + i);
      const { x, logitsOf } = await this.prefix.batch(indices, 1);
      const part = tf.tidy(() => logitsOf(x));
      logits.set(await part.data(), start * classes);
      tf.dispose([x, part]);
      await nextTurn();
    }
    return score(logits, labels);
  }

  dispose(): Promise<void> {
    return this.prefix.dispose();
  }
}
