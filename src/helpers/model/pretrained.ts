/** Parameters that others trained, and where they are to be had. */
import { join } from "node:path";
import type { tf } from "../engine";
import type { Card } from "./card";
import { buildMobileNet } from "./mobilenet";
import type { Checksums } from "./model-file";
import { buildTinyDarknet } from "./tiny-darknet";

/** A network that others published as a TensorFlow.js layers model. */
export interface Published {
  /** Addresses of its `model.json`, best first. */
  addresses: string[];
  /** The values its pixels have by themselves; a rescaling layer is put in front where it isn't 0…255. */
  range: [number, number];
  /** What is known of it. `input` is what it takes with that layer. */
  card: Omit<Card, "name" | "version" | "source">;
  checksums?: Checksums;
  /** The same network without its parameters, for weights from a file. */
  build(classes: string[]): tf.LayersModel;
}

/** A network that this package ships. */
export interface Shipped {
  folder: string;
}

const packageFolder = join(__dirname, "../../.."); // the same from src and from dist

/** 1,281,167 photographs (Russakovsky et al., 2015, ImageNet Large Scale Visual Recognition Challenge). */
const IMAGENET = { set: "imagenet", examples: 1_281_167, how: "pre-training by its authors" };

const PHOTO_224: Card["input"] = { type: "image", height: 224, width: 224, channels: 3, range: [0, 255] };

/** Howard et al. (2017), MobileNets; TensorFlow.js's own copy. Its classes are in ImageNet's order. */
function mobileNet(alpha: string): Published {
  return {
    addresses: [`https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_${alpha}_224/model.json`],
    range: [-1, 1],
    build: (classes) => buildMobileNet({ alpha: Number(alpha), classes, seed: 1 }),
    card: {
      input: PHOTO_224,
      classes: numberedClasses(1000),
      output: "probabilities",
      trainedOn: [IMAGENET],
      seed: null,
      accuracy: null,
      licence: "Apache-2.0",
    },
  };
}

/** Redmon (2013–2016), Darknet; as ml5 serves it. Its classes are in Darknet's own order. */
const tinyDarknet: Published = {
  addresses: [
    "https://cdn.jsdelivr.net/gh/ml5js/ml5-data-and-models@master/models/darknetclassifier/darknettiny/model.json",
    "https://raw.githubusercontent.com/ml5js/ml5-data-and-models/master/models/darknetclassifier/darknettiny/model.json",
  ],
  range: [0, 1],
  build: (classes) => buildTinyDarknet({ classes, seed: 1 }),
  card: {
    input: PHOTO_224,
    classes: numberedClasses(1000),
    output: "logits",
    trainedOn: [IMAGENET],
    seed: null,
    accuracy: null,
    licence: "public domain",
  },
  checksums: {
    model: "5a5ee1ddb33ac7948b303197f4c63f72a80fc00a7d2870d30843004ddd5b4b51",
    weights: "767115e21d4f323d7b412c9cb2c53977c8c15215b6934d5928485e5634c8bd0f",
  },
};

/** The networks that `loadPretrained` knows by name. */
export const pretrained = {
  "mobilenet-v1-0.25": mobileNet("0.25"),
  "mobilenet-v1-0.50": mobileNet("0.50"),
  "mobilenet-v1-0.75": mobileNet("0.75"),
  "mobilenet-v1-1.0": mobileNet("1.0"),
  "tiny-darknet": tinyDarknet,
  "cifar10-convnet": { folder: join(packageFolder, "data/pretrained/cifar10-convnet") },
} satisfies Record<string, Published | Shipped>;

export type PretrainedName = keyof typeof pretrained;

/** The names of all networks that `loadPretrained` knows. */
export const pretrainedNames = Object.keys(pretrained) as PretrainedName[];

/** Names for classes that nobody named: `"class 0"`, `"class 1"`, … */
export function numberedClasses(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `class ${i}`);
}
