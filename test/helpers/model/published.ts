/** Networks as others publish them: laid out like the real ones, with random parameters, in TensorFlow.js's files. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tf } from "../../../src/helpers/engine";
import { random } from "../../../src/helpers/random";
import { weightedLayers, weightsOf } from "../../../src/helpers/model";

/** MobileNet v1 as TensorFlow.js publishes it: functional, for pixels −1…1, with dropout before its 1×1 output
 * convolution and a softmax behind. */
export function publishedMobileNet({ alpha = 0.25, side = 64, classes = 1000 } = {}): tf.LayersModel {
  const { layers } = tf;
  const wide = (channels: number): number => Math.floor(channels * alpha);
  const input = tf.input({ shape: [side, side, 3], name: "input_1" });
  const apply = (x: tf.SymbolicTensor, ...more: tf.layers.Layer[]): tf.SymbolicTensor =>
    more.reduce((y, layer) => layer.apply(y) as tf.SymbolicTensor, x);
  const norm = (name: string): tf.layers.Layer[] => [
    layers.batchNormalization({ name: `${name}_bn`, epsilon: 1e-3 }),
    layers.activation({ name: `${name}_relu`, activation: "relu6" }),
  ];
  const conv = { padding: "same", useBias: false } as const;
  let x = apply(
    input,
    layers.conv2d({ name: "conv1", filters: wide(32), kernelSize: 3, strides: 2, ...conv }),
    ...norm("conv1"),
  );
  const blocks = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
  blocks.forEach((channels, i) => {
    const strides = [2, 4, 6, 12].includes(i + 1) ? 2 : 1;
    x = apply(
      x,
      layers.depthwiseConv2d({ name: `conv_dw_${i + 1}`, kernelSize: 3, strides, ...conv }),
      ...norm(`conv_dw_${i + 1}`),
      layers.conv2d({ name: `conv_pw_${i + 1}`, filters: wide(channels), kernelSize: 1, ...conv }),
      ...norm(`conv_pw_${i + 1}`),
    );
  });
  const output = apply(
    x,
    layers.globalAveragePooling2d({ name: "global_average_pooling2d_1", dataFormat: "channelsLast" }),
    layers.reshape({ name: "reshape_1", targetShape: [1, 1, wide(1024)] }),
    layers.dropout({ name: "dropout", rate: 0.001 }),
    layers.conv2d({ name: "conv_preds", filters: classes, kernelSize: 1, padding: "same" }),
    layers.activation({ name: "act_softmax", activation: "softmax" }),
    layers.reshape({ name: "reshape_2", targetShape: [classes] }),
  );
  return withRandomWeights(tf.model({ name: `mobilenet_${alpha}_${side}`, inputs: input, outputs: output }));
}

/** A small functional network for pixels 0…1: a convolution with batch norm, and a 1×1 output convolution before
 * the pooling, as Tiny Darknet has it. */
export function publishedNet({
  side = 16,
  classes = 5,
}: { side?: number | null; classes?: number } = {}): tf.LayersModel {
  const { layers } = tf;
  const input = tf.input({ shape: [side, side, 3], name: "input_1" });
  const output = [
    layers.conv2d({ name: "conv2d_1", filters: 4, kernelSize: 3, padding: "same", useBias: false }),
    layers.batchNormalization({ name: "batch_normalization_1" }),
    layers.leakyReLU({ name: "leaky_re_lu_1", alpha: 0.1 }),
    layers.maxPooling2d({ name: "max_pooling2d_1", poolSize: 2 }),
    layers.conv2d({ name: "conv2d_2", filters: classes, kernelSize: 1 }),
    layers.globalAveragePooling2d({ name: "global_average_pooling2d_1", dataFormat: "channelsLast" }),
  ].reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
  return withRandomWeights(tf.model({ name: "model_1", inputs: input, outputs: output }));
}

/** Weights that keep signals alive, batch norm's statistics unlike those that it starts with. */
function withRandomWeights(model: tf.LayersModel): tf.LayersModel {
  const chance = random(5);
  for (const { layer } of weightedLayers(model))
    for (const weight of weightsOf(layer)) {
      const shape = weight.shape as number[];
      const size = shape.reduce((product, n) => product * n, 1);
      const isKernel = shape.length === 4;
      const spread = isKernel
        ? Math.sqrt(2 / (shape[0] * shape[1] * (weight.originalName.includes("depthwise") ? 1 : shape[2])))
        : 0.1;
      const middle = /gamma|moving_variance/.test(weight.originalName) ? 1 : 0;
      const values = Float32Array.from({ length: size }, () => middle + spread * chance.normal());
      const value = tf.tensor(
        values.map((v) => (weight.originalName.includes("variance") ? Math.abs(v) : v)),
        shape,
      );
      weight.write(value);
      value.dispose();
    }
  return model;
}

/** A model's files: each layer's weights a group of its own, and the largest group in two files. */
export async function filesOf(model: tf.LayersModel): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const data = Buffer.from(artifacts.weightData as ArrayBuffer);
      let at = 0;
      const weightsManifest = artifacts.weightSpecs!.map((spec, i) => {
        const length = 4 * spec.shape.reduce((product, n) => product * n, 1);
        const bytes = data.subarray(at, (at += length));
        const halves = i === 0 ? [bytes.subarray(0, 100), bytes.subarray(100)] : [bytes];
        const paths = halves.map((_, part) => `group${i + 1}-shard${part + 1}of${halves.length}`);
        paths.forEach((path, part) => (files[path] = halves[part]));
        return { paths, weights: [spec] };
      });
      const { modelTopology } = artifacts;
      files["model.json"] = Buffer.from(
        JSON.stringify({ format: "layers-model", modelTopology, weightsManifest }),
      );
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" as const },
      });
    }),
  );
  return files;
}

export async function writeFiles(folder: string, files: Record<string, Buffer>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
}

/** Random pixels 0…255, `[count, side, side, 3]`; the caller disposes them. */
export function randomPixels(count: number, side: number): tf.Tensor4D {
  const chance = random(9);
  const values = Float32Array.from({ length: count * side * side * 3 }, () => chance.int(256));
  return tf.tensor4d(values, [count, side, side, 3]);
}

/** What a model gives, in inference mode. */
export function outputOf(model: tf.LayersModel, x: tf.Tensor): number[] {
  return tf.tidy(() => Array.from((model.predict(x) as tf.Tensor).dataSync()));
}
