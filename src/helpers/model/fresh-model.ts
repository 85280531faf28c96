import { tf, trackModel } from "../engine";
import { version } from "../version";
import { setCard } from "./card";
import { initialize } from "./initialize";

interface FreshOptions {
  inputShape: readonly [height: number, width: number, channels: number];
  classes: string[];
  seed: number;
}

/** Makes of layers a network for pixels 0…255 with random parameters and a card that says so. It gives logits.
 * @returns A model that the caller disposes. */
export function freshModel(
  name: string,
  layers: tf.layers.Layer[],
  { inputShape: [height, width, channels], classes, seed }: FreshOptions,
): tf.LayersModel {
  const model = tf.sequential({ name, layers });
  initialize(model, { seed });
  setCard(model, {
    name,
    input: { type: "image", height, width, channels, range: [0, 255] },
    classes,
    output: "logits",
    trainedOn: [],
    seed,
    accuracy: null,
    version,
  });
  trackModel(model);
  return model;
}
