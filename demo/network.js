/* global atob, pixels, tf */
"use strict";

/* The network. */
/** Loads it from what model.js holds, and lets it answer once, for the first answer is slow.
 * @returns A function: from what it sees, `[height, width, channels]`, 0…255, to how sure it is of each class. */
globalThis.startNetwork = async ({ card, artifacts }) => {
  const { input, output, temperature = 1 } = card;
  const { topology: modelTopology, specs: weightSpecs, weights } = artifacts;
  const weightData = bytesOf(weights).buffer;
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));

  async function confidencesOf(seen) {
    const { height, width, channels, range } = input;
    const scaled = tf.tidy(() => {
      const given = model.predict(tf.tensor4d(pixels.inRange(seen, range), [1, height, width, channels]));
      return tf.div(output === "probabilities" ? tf.log(tf.add(given, 1e-12)) : given, temperature);
    });
    const logits = await scaled.data();
    scaled.dispose();
    const highest = Math.max(...logits);
    const powers = Array.from(logits, (logit) => Math.exp(logit - highest));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  }

  function bytesOf(text) {
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    return bytes;
  }

  await confidencesOf(new Uint8ClampedArray(input.height * input.width * input.channels));
  return confidencesOf;
};
