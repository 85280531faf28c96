import assert from "node:assert/strict";
import { test } from "node:test";
import { imageAt, pick, type Examples } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { activations } from "../../../src/helpers/inspect/activations";
import { enlarge, placesOf } from "../../../src/helpers/inspect/enlarge";
import { gradCam, type GradCam } from "../../../src/helpers/inspect/grad-cam";
import {
  buildConvNet,
  graphOf,
  predictLogits,
  setCard,
  stepNamed,
  weightsOf,
} from "../../../src/helpers/model";
import { random } from "../../../src/helpers/random";
import { train } from "../../../src/helpers/train";
import { assertClose, stripes, tinyNet, withoutLeaks } from "../tiny";

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

/** How far one value is above the mean of all. */
const above = (values: ArrayLike<number>, index: number): number =>
  values[index] - sum(values) / values.length;

/** A model of 16×16×3 images whose map "seen" of 3×3×4 has something bent between it and the logits. */
function bent(head: (map: tf.SymbolicTensor) => tf.SymbolicTensor): tf.LayersModel {
  const input = tf.input({ shape: [16, 16, 3] });
  const small = tf.layers.averagePooling2d({ poolSize: 3, strides: 4 }).apply(input);
  const scaled = tf.layers.rescaling({ scale: 1 / 128, offset: -1 }).apply(small);
  const conv = tf.layers.conv2d({
    name: "seen",
    filters: 4,
    kernelSize: 2,
    activation: "relu",
    kernelInitializer: tf.initializers.heNormal({ seed: 3 }),
  });
  return tf.model({ inputs: input, outputs: head(conv.apply(scaled) as tf.SymbolicTensor) });
}

const dense = (units: number, seed: number, activation?: "tanh" | "softmax") =>
  tf.layers.dense({
    units,
    activation,
    kernelInitializer: tf.initializers.glorotNormal({ seed }),
    biasInitializer: tf.initializers.randomNormal({ seed }),
  });

/** The oracle: a place's evidence by its definition, with slopes from small steps up and down.
 * @param run From a map `[1, rows, columns, channels]` to the logits. */
function byDefinition(
  map: Float32Array,
  channels: number,
  label: number,
  run: (map: Float32Array) => ArrayLike<number>,
): number[] {
  const step = 1e-2;
  const slope = (i: number): number => {
    const [up, down] = [map.slice(), map.slice()];
    up[i] += step;
    down[i] -= step;
    return (above(run(up), label) - above(run(down), label)) / (2 * step);
  };
  return Array.from({ length: map.length / channels }, (_, place) =>
    sum(Array.from({ length: channels }, (_, c) => map[place * channels + c] * slope(place * channels + c))),
  );
}

test("evidence is activation times slope, by the definition, for the class predicted or asked for", async () => {
  const [hidden, output] = [dense(6, 1, "tanh"), dense(3, 2)];
  const model = bent(
    (map) => output.apply(hidden.apply(tf.layers.flatten().apply(map))) as tf.SymbolicTensor,
  );
  const images = stripes(5);
  const [{ values, channels }] = await activations(model, images, { layers: ["seen"] });
  const logits = await predictLogits(model, images);
  const run = (map: Float32Array): ArrayLike<number> =>
    tf.tidy(() => (output.apply(hidden.apply(tf.tensor2d(map, [1, map.length]))) as tf.Tensor).dataSync());
  await withoutLeaks(async () => {
    const predicted = await gradCam(model, images);
    const asked = await gradCam(model, images, { classes: images.labels });
    for (const [found, labels] of [
      [
        predicted,
        predicted.map((_, i) => [0, 1, 2].sort((a, b) => logits[3 * i + b] - logits[3 * i + a])[0]),
      ],
      [asked, [0, 1, 2, 0, 1]],
    ] as [GradCam[], number[]][])
      found.forEach(({ layer, label, name, probability, rows, columns, evidence, peak }, i) => {
        assert.deepEqual([layer, rows, columns, label], ["seen", 3, 3, labels[i]]);
        assert.equal(name, images.classes[labels[i]]);
        const map = values.slice(i * 36, (i + 1) * 36);
        assertClose(evidence, byDefinition(map, channels, label, run), 2e-4);
        assert.equal(peak, Math.max(...evidence));
        const exps = logits.slice(3 * i, 3 * i + 3).map(Math.exp);
        assert.ok(Math.abs(probability - exps[label] / sum(exps)) < 1e-5);
      });
  });
  model.dispose();
});

test("with a linear head all evidence and the biases make up the logit, over several batches", async () => {
  const model = tinyNet(4);
  const [kernel, bias] = weightsOf(model.getLayer("head"));
  const [strong, biases] = [tf.mul(kernel.read(), 100), tf.tensor1d([0.5, -1, 0.25])];
  kernel.write(strong);
  bias.write(biases);
  tf.dispose([strong, biases]);
  const images = stripes(300, 3);
  const logits = await predictLogits(model, images);
  const found = await gradCam(model, images, { classes: images.labels });
  assert.equal(found[0].layer, "relu4");
  assert.ok(found.some(({ evidence }) => Math.abs(sum(evidence)) > 0.3));
  assertClose(
    found.map(({ evidence, label }) => sum(evidence) + above([0.5, -1, 0.25], label)),
    found.map(({ label }, i) => above(logits.slice(3 * i, 3 * i + 3), label)),
    1e-4,
  );
  model.dispose();
});

test("behind global average pooling it is Grad-CAM's map, less that of the mean logit", async () => {
  const output = dense(3, 5);
  const model = bent(
    (map) => output.apply(tf.layers.globalAveragePooling2d({}).apply(map)) as tf.SymbolicTensor,
  );
  const images = stripes(4);
  const [{ values, channels }] = await activations(model, images, { layers: ["seen"] });
  const kernel = await output.getWeights()[0].data(); // [4, 3]
  (await gradCam(model, images, { classes: 1 })).forEach(({ evidence }, i) => {
    const expected = Array.from({ length: 9 }, (_, place) =>
      sum(
        Array.from({ length: channels }, (_, c) => {
          const weight = above(kernel.slice(3 * c, 3 * c + 3), 1) / 9; // the mean slope over the places
          return weight * values[(i * 9 + place) * channels + c];
        }),
      ),
    );
    assertClose(evidence, expected, 1e-6);
  });
  model.dispose();
});

test("probabilities give the maps of their logits, whatever they come from", async () => {
  const images = stripes(4);
  const linear = (softmax: "fused" | "layer" | "reshaped" | "none" | "unseen") =>
    bent((map) => {
      const flat = tf.layers.flatten().apply(map);
      const logits = dense(3, 7, softmax === "fused" ? "softmax" : undefined).apply(flat);
      if (softmax === "layer") return tf.layers.softmax().apply(logits) as tf.SymbolicTensor;
      if (softmax === "unseen") {
        // The last layer is no softmax: only the card says what it gives.
        const probabilities = tf.layers.activation({ activation: "softmax" }).apply(logits);
        return tf.layers
          .maximum()
          .apply([probabilities, probabilities] as tf.SymbolicTensor[]) as tf.SymbolicTensor;
      }
      if (softmax !== "reshaped") return logits as tf.SymbolicTensor;
      const column = tf.layers.reshape({ targetShape: [1, 1, 3] }).apply(logits);
      const shares = tf.layers.activation({ activation: "softmax" }).apply(column);
      return tf.layers.reshape({ targetShape: [3] }).apply(shares) as tf.SymbolicTensor;
    });
  const plain = linear("none");
  const expected = await gradCam(plain, images);
  for (const kind of ["fused", "layer", "reshaped", "unseen"] as const) {
    const model = linear(kind);
    if (kind === "unseen") setCard(model, { output: "probabilities", classes: ["a", "b", "c"] });
    (await gradCam(model, images)).forEach(({ evidence, probability, name, label }, i) => {
      assertClose(evidence, expected[i].evidence, 1e-4);
      assertClose([label, probability], [expected[i].label, expected[i].probability], 1e-5);
      assert.equal(name, kind === "unseen" ? "abc"[label] : images.classes[label]);
    });
    model.dispose();
  }
  plain.dispose();
});

test("a layer that others go around is asked for its own part", async () => {
  const output = dense(2, 3);
  const input = tf.input({ shape: [16, 16, 3] });
  const pooled = tf.layers.averagePooling2d({ name: "pooled", poolSize: 8 }).apply(input);
  const branch = tf.layers.conv2d({ name: "branch", filters: 3, kernelSize: 1 }).apply(pooled);
  const together = tf.layers.add({ name: "together" }).apply([branch, pooled] as tf.SymbolicTensor[]);
  const squashed = tf.layers.activation({ activation: "tanh", name: "squashed" }).apply(together);
  const outputs = output.apply(tf.layers.flatten().apply(squashed)) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs });
  const images = { ...stripes(1), images: stripes(1).images.map((value) => value / 200) };
  assert.equal((await gradCam(model, images))[0].layer, "squashed");
  const [own, around] = await activations(model, images, { layers: ["branch", "pooled"] });
  const run = (map: Float32Array): ArrayLike<number> =>
    tf.tidy(() => {
      const total = tf.tanh(tf.add(tf.tensor1d(map), tf.tensor1d(around.values)));
      return (output.apply(tf.reshape(total, [1, -1])) as tf.Tensor).dataSync();
    });
  const [{ evidence, label }] = await gradCam(model, images, { layer: "branch" });
  assertClose(evidence, byDefinition(own.values, 3, label, run), 1e-3);
  model.dispose();
});

/** Stripes in one quarter of an image of 32×32, the same noise around them. */
function quarters(count: number, seed: number): Examples & { quarter: number[] } {
  const small = stripes(count, seed);
  const chance = random(seed).fork("quarters");
  const quarter = Array.from({ length: count }, () => chance.int(4));
  const images = new Uint8Array(count * 32 * 32 * 3).map(() => 60 + chance.int(160));
  quarter.forEach((where, i) => {
    const pixels = imageAt(small, i);
    for (let y = 0; y < 16; y++) {
      const row = i * 32 + 16 * (where >> 1) + y;
      images.set(pixels.subarray(y * 48, (y + 1) * 48), (row * 32 + 16 * (where & 1)) * 3);
    }
  });
  return { ...small, images, input: { ...small.input, height: 32, width: 32 }, quarter };
}

/** Which quarter a pixel of 32×32 is in. */
const quarterOf = (at: number): number => 2 * Number(at >= 512) + Number(at % 32 >= 16);

test("a trained network looks at the quarter of the image that tells the class", async () => {
  const model = buildConvNet({
    inputShape: [32, 32, 3],
    classes: ["across", "upright", "slanting"],
    seed: 1,
  });
  const fresh = quarters(60, 2);
  /** Of the images named rightly the mean share of heat in the quarter, and how often the hottest place is. */
  const looks = async (layer?: string): Promise<{ right: number; inside: number; hottest: number }> => {
    const found = await gradCam(model, fresh, { layer });
    const right = found.flatMap(({ label, heat }, i) =>
      label === fresh.labels[i] ? [{ heat, quarter: fresh.quarter[i] }] : [],
    );
    const shares = right.map(
      ({ heat, quarter }) => sum(heat.map((hot, at) => (quarterOf(at) === quarter ? hot : 0))) / sum(heat),
    );
    const hits = right.filter(({ heat, quarter }) => quarterOf(heat.indexOf(Math.max(...heat))) === quarter);
    return {
      right: right.length,
      inside: sum(shares) / right.length,
      hottest: hits.length / right.length,
    };
  };
  const untrained = await looks();
  assert.ok(untrained.inside < 0.35 && untrained.hottest < 0.5, JSON.stringify(untrained));
  await train(model, quarters(300, 1), { seed: 1, epochs: 4, batchSize: 16 });
  // Units of the last layer see all of the image, and mostly its middle; those of the second one 12 px.
  const [late, early] = [await looks(), await looks("relu2")];
  assert.ok(late.right >= 54 && late.inside > 0.4 && late.hottest >= 0.9, JSON.stringify(late));
  assert.ok(early.inside > 0.75 && early.hottest >= 0.9, JSON.stringify(early));
  model.dispose();
});

test("heat is the evidence enlarged, 0 where it speaks against the class, all 0 where nothing speaks for it", async () => {
  const images = stripes(6);
  const model = tinyNet(4, images.classes);
  for (const { rows, columns, evidence, peak, heat } of await gradCam(model, images, { layer: "relu2" })) {
    const places = { down: { first: 2, step: 4 }, across: { first: 2, step: 4 } };
    const large = enlarge(evidence, [rows, columns], images.input, places);
    assertClose(
      heat,
      Array.from(large, (value) => Math.max(0, value / peak)),
      1e-6,
    );
    assert.ok(heat.every((hot) => hot >= 0 && hot <= 1) && heat.some((hot) => hot > 0.5));
  }
  const kernel = weightsOf(model.getLayer("head"))[0];
  const weights = tf.tidy(() => tf.tile(tf.tensor2d([[-1, 0, 1]]), [kernel.shape[0]!, 1]));
  kernel.write(weights);
  weights.dispose();
  for (const { peak, heat, evidence } of await gradCam(model, images, { classes: "across" })) {
    assert.ok(peak <= 0 && evidence.some((value) => value < 0));
    assert.ok(heat.every((hot) => hot === 0));
  }
  model.dispose();
});

test("maps are enlarged as TensorFlow does where convolutions keep the size, and shifted where they don't", async () => {
  const map = Float32Array.from({ length: 12 }, (_, i) => (i * 7) % 5);
  const spec = (height: number, width: number) =>
    ({ type: "image", height, width, channels: 3, range: [0, 255] as [number, number] }) as const;
  const same = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [12, 16, 3], filters: 2, kernelSize: 5, padding: "same", name: "c" }),
      tf.layers.maxPooling2d({ poolSize: 4, name: "p" }),
    ],
  });
  const graph = graphOf(same);
  const even = placesOf(graph, stepNamed(graph, "p", "look at"), [3, 4], spec(12, 16));
  assert.deepEqual(even, { down: { first: 2, step: 4 }, across: { first: 2, step: 4 } });
  const oracle = tf.tidy(() =>
    tf.image.resizeBilinear(tf.tensor3d(map, [3, 4, 1]), [12, 16], false, true).dataSync(),
  );
  assertClose(enlarge(map, [3, 4], { height: 12, width: 16 }, even), oracle, 1e-5);

  const valid = tf.sequential({
    layers: [tf.layers.conv2d({ inputShape: [9, 9, 3], filters: 2, kernelSize: 5, strides: 2, name: "c" })],
  });
  const inner = placesOf(graphOf(valid), 0, [3, 3], spec(9, 9));
  assert.deepEqual(inner.down, { first: 2.5, step: 2 });
  const dot = enlarge(Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), [3, 3], { height: 9, width: 9 }, inner);
  assert.equal(dot[4 * 9 + 4], 1);
  assert.equal(dot[3 * 9 + 4], 0.5);
  assert.equal(sum(dot), 4);
});

test("what can't be told is refused, and work can be called off", async () => {
  const model = tinyNet();
  const images = stripes(3);
  await assert.rejects(gradCam(model, images, { layer: "conv9" }), /by "conv9": the layers are "rescale"/);
  await assert.rejects(
    gradCam(model, images, { layer: "flatten" }),
    /by "flatten".*of more than one place.*\[512\]/,
  );
  await assert.rejects(
    gradCam(model, images, { classes: "dog" }),
    /for "dog": the classes are 0 to 2: 0, 1, 2\./,
  );
  await assert.rejects(gradCam(model, images, { classes: 3 }), /for 3: the classes are 0 to 2/);
  await assert.rejects(
    gradCam(model, images, { classes: [1, 2] }),
    /one for each of the 3 images. Received: 2/,
  );
  await assert.rejects(
    gradCam(model, { ...images, input: { ...images.input, width: 8 } }),
    /Cannot tell what it looked at.*16×8×3.*adapt/,
  );
  const many = { ...pick(images, [0]), count: 600_000, images: new Uint8Array(0) };
  await assert.rejects(
    gradCam(model, many),
    /600,000 images: the maps take 586 MB, and 512 MB are allowed: 524288/,
  );
  const flat = tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [16, 16, 3] }), tf.layers.dense({ units: 3 })],
  });
  await assert.rejects(gradCam(flat, images), /no layer before its output layer has a map/);
  const one = bent((map) => dense(1, 1).apply(tf.layers.flatten().apply(map)) as tf.SymbolicTensor);
  await assert.rejects(gradCam(one, images), /two or more classes.*gives \[1\]/);
  await assert.rejects(
    gradCam(
      bent((map) => map),
      images,
    ),
    /gives \[3, 3, 4\]/,
  );
  await withoutLeaks(() =>
    assert.rejects(gradCam(model, images, { signal: AbortSignal.abort() }), { name: "AbortError" }),
  );
  [model, flat, one].forEach((each) => each.dispose());
});
