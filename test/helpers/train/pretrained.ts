/** A tiny network that has learned stripes, trained once per test file. */
import type { Examples } from "../../../src/helpers/data";
import type { tf } from "../../../src/helpers/engine";
import { copyModel, predictLogits, score } from "../../../src/helpers/model";
import { train } from "../../../src/helpers/train";
import { stripes, tinyNet } from "../tiny";

export { cardOf } from "../../../src/helpers/model";

let trained: Promise<tf.LayersModel> | undefined;

/** A copy that the caller disposes. The first call trains, before any leak is counted. */
export async function pretrainedOnStripes(): Promise<tf.LayersModel> {
  trained ??= (async () => {
    const model = tinyNet();
    await train(model, stripes(60), { seed: 1, epochs: 3, batchSize: 16 });
    return model;
  })();
  return copyModel(await trained);
}

export async function evaluateModel(model: tf.LayersModel, examples: Examples): Promise<number> {
  return score(await predictLogits(model, examples), examples.labels).accuracy;
}
