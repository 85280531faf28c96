/** Writes what all contenders take, so that they start from the same: images, their order, networks and parameters.
 *
 *     node --import tsx bench/prepare.ts FOLDER
 *
 * For each set NAME.json (its shape), NAME.images (bytes), NAME.labels (int32); for each network a folder with the
 * TensorFlow.js model, its layers as a list, and its parameters as PyTorch and Keras lay them out. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CURVE, PHOTOS, SCENES, TRAINING } from "./cases";
import { lab, type Examples, type Model } from "./workers/lab";
import { layerList } from "./layer-list";
import { plainNetwork } from "./plain-network";
import { makeScenes } from "../src/helpers/data/scenes";
import { random } from "../src/helpers/random";

const folder = process.argv[2];

function writeSet(name: string, { images, labels, count, input }: Examples): void {
  const shape = [count, input.height, input.width, input.channels];
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ shape, input }));
  writeFileSync(join(folder, `${name}.images`), images);
  writeFileSync(join(folder, `${name}.labels`), new Uint8Array(labels.buffer));
}

async function writeNetwork(name: string, model: Model): Promise<void> {
  const into = join(folder, name);
  mkdirSync(into, { recursive: true });
  await model.save(pathToFileURL(into).href);
  await lab.saveWeights(model, join(into, "torch.safetensors"), { layout: "torch" });
  await lab.saveWeights(model, join(into, "keras.safetensors"), { layout: "keras" });
  writeFileSync(join(into, "layers.json"), JSON.stringify(layerList(model), null, 1));
}

/** Photographs in the order in which `train` takes them. */
function writeScenes(): void {
  const { train } = makeScenes({ seed: 1, train: SCENES, test: 1 });
  writeSet("scenes", train);
  writeFileSync(join(folder, "start.pixels"), train.images.subarray(0, 32 * 32 * 3));
  const indices = Int32Array.from({ length: train.count }, (_, i) => i);
  const order = random(TRAINING.seed).fork("order").shuffle(indices);
  writeFileSync(join(folder, "scenes.order"), new Uint8Array(order.buffer));
}

async function writeDigits(): Promise<void> {
  const source = await lab.loadModel(join(__dirname, "../data/pretrained/cifar10-convnet"));
  const digits = await lab.loadDataset("pen-digits", { like: source });
  writeSet("digits-train", digits.train);
  writeSet("digits-test", digits.test);
  for (const size of CURVE.sizes)
    for (const seed of CURVE.seeds)
      writeSet(`digits-${size}-${seed}`, lab.sample(digits.train, { size, seed }));
  await writeNetwork("start", source);
  await writeNetwork("shipped", lab.replaceHead(source, { classes: digits.classes, seed: 1 }));
}

/** The part before the head, with random parameters, and random images: time doesn't depend on either. */
async function writeTrunk(name: string, whole: Model): Promise<void> {
  const copy = lab.replaceHead(whole, { classes: 10, seed: 1 });
  const { tf } = lab;
  const outputs = copy.layers.find((layer) => layer.getClassName() === "GlobalAveragePooling2D")!
    .output as never;
  await writeNetwork(name, tf.model({ inputs: copy.inputs, outputs }) as Model);
  const [, height, width] = copy.inputs[0].shape as number[];
  const chance = random(1);
  const images = Uint8Array.from({ length: PHOTOS * height * width * 3 }, () => chance.int(256));
  const input = { type: "image", height, width, channels: 3, range: [0, 255] as [number, number] } as const;
  writeSet(name, {
    images,
    labels: new Int32Array(PHOTOS),
    count: PHOTOS,
    classes: [],
    input,
  });
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeScenes();
  const inputShape: [number, number, number] = [32, 32, 3];
  await writeNetwork("full", lab.buildConvNet({ inputShape, classes: 10, seed: 1 }));
  await writeNetwork("plain", plainNetwork(lab.tf));
  await writeDigits();
  await writeTrunk("mobilenet", lab.buildMobileNet({ alpha: 1, classes: 10, seed: 1 }));
  await writeTrunk("darknet", lab.buildTinyDarknet({ classes: 10, seed: 1 }));
}

void main().catch((error: Error) => {
  console.error(error.stack);
  process.exit(1);
});
