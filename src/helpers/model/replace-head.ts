import { inputSpecOf } from "../data";
import { tf, trackModel } from "../engine";
import { report } from "../report";
import { version } from "../version";
import { readCard, setCard, type Card } from "./card";
import { classNames, headLayer } from "./convnet";
import { copyModel } from "./copy-model";
import { featuresAt, findCut } from "./cut";
import { initialize } from "./initialize";
import { layersOf, weightsOf, type Layer, type NamedLayer } from "./layers";

export { copyModel };

export interface ReplaceHeadOptions {
  /** The new classes, or how many. */
  classes: string[] | number;
  /** Draws the new layer's parameters, from N(0, 0.01²). */
  seed: number;
  /** The layer whose output the new head takes, instead of what the old one took. */
  at?: string;
}

/** Copies a network and gives the copy a new output layer, as a transfer begins. Everything before the output
 * layer keeps its parameters; the source is not touched and shares nothing with the copy.
 *
 * The old head is the last layer with parameters: dense, or a 1×1 convolution before or behind the pooling. It is
 * cut off with all that follows it. The new one is dense; where the features are a map, it takes their mean over
 * the map (Lin et al., 2014, Network in Network). Where that is more than one dense layer for another, one line
 * says what was cut, once for each source.
 *
 * @param source Any layers model with one input and one output, nested ones too; borrowed.
 * @returns A model with logits for the new classes, nothing frozen; the caller disposes it.
 * @throws Error where the source's last layer with parameters can't be an output layer and `at` isn't said, or
 *   there is no such layer.
 * @example
 * const target = replaceHead(source, { classes: digits.classes, seed: 2 }); */
export function replaceHead(
  source: tf.LayersModel,
  { classes, seed, at }: ReplaceHeadOptions,
): tf.LayersModel {
  const names = classNames(classes, "replace the output layer");
  findCut(source, at); // before anything is made
  const copy = copyModel(source);
  const { target, head, features } = withHead(copy, names.length, at);
  initialize(target, { seed, layers: [head.name] });
  const cut = layersCut(copy, target);
  for (const { layer } of cut) for (const weight of weightsOf(layer)) weight.val.dispose();
  trackModel(target);

  const card = readCard(source) ?? cardByLooks(source);
  if (card)
    setCard(target, {
      ...card,
      classes: names,
      output: "logits",
      seed,
      accuracy: null,
      temperature: undefined,
      version,
    });
  if (!isPlain(cut, copy))
    sayOnce(source, `${card?.name ?? source.name}: cut ${listed(cut)}; the new head takes ${features}`);
  return target;
}

/** The model up to the cut, with a dense layer behind; the layers before are reused. */
function withHead(
  model: tf.LayersModel,
  units: number,
  at: string | undefined,
): { target: tf.LayersModel; head: Layer; features: string } {
  const raw = featuresAt(model, findCut(model, at));
  checkFeatures(raw, model);
  const { inputs, name } = model;
  const taken = new Set(tf.model({ inputs, outputs: raw }).layers.map((layer) => layer.name));
  const free = (wanted: string): string => (taken.has(wanted) ? free(`${wanted}_1`) : wanted);
  const features = asVector(raw, free);
  const head = headLayer(units, free("head"));
  const target = tf.model({ name, inputs, outputs: head.apply(features) as tf.SymbolicTensor });
  const pooled = features.sourceLayer.getClassName() === "GlobalAveragePooling2D" && features !== raw;
  return {
    target,
    head,
    features: `${features.shape[1]} features${pooled ? " after global average pooling" : ""}`,
  };
}

/** @param model Disposed where it is no use. */
function checkFeatures({ shape }: tf.SymbolicTensor, model: tf.LayersModel): void {
  const isRow = shape.length === 2 || shape.length === 4; // a map becomes a row
  if (isRow && shape.at(-1) !== null) return;
  model.dispose();
  throw new Error(
    `Cannot put a new head behind features of [${shape.map((side) => side ?? "any").join(", ")}]: they have to be [batch, features] or [batch, height, width, features].`,
  );
}

/** Features as a row of numbers; of a map, their mean over it.
 * @param free Makes of a name one that no layer has yet. */
function asVector(features: tf.SymbolicTensor, free: (name: string) => string): tf.SymbolicTensor {
  const { shape } = features;
  if (shape.length === 2) return features;
  const layer =
    shape[1] === 1 && shape[2] === 1
      ? tf.layers.flatten({ name: free("flatten") }) // pooled already
      : tf.layers.globalAveragePooling2d({
          name: free("global_average_pooling2d"),
          dataFormat: "channelsLast",
        });
  return layer.apply(features) as tf.SymbolicTensor;
}

function layersCut(copy: tf.LayersModel, target: tf.LayersModel): NamedLayer[] {
  const kept = new Set(layersOf(target).map(({ layer }) => layer));
  return layersOf(copy).filter(({ layer }) => !kept.has(layer) && layer.getClassName() !== "InputLayer");
}

/** One dense layer for another is what everybody expects. */
function isPlain(cut: NamedLayer[], copy: tf.LayersModel): boolean {
  if (cut.length !== 1) return false;
  const [{ layer }] = cut;
  const isLinear = layer.getClassName() === "Dense" && layer.getConfig().activation === "linear";
  return isLinear && layersOf(copy).at(-1)!.layer === layer;
}

function listed(layers: NamedLayer[]): string {
  const names = layers.map(({ name }) => name);
  if (names.length === 0) return "nothing";
  return names.length <= 4 ? names.join(", ") : `${names[0]} to ${names.at(-1)} (${names.length} layers)`;
}

/** What was said of each source: a learning curve copies one a hundred times. */
const said = new WeakMap<tf.LayersModel, Set<string>>();

function sayOnce(source: tf.LayersModel, line: string): void {
  const lines = said.get(source) ?? new Set();
  said.set(source, lines);
  if (!lines.has(line)) report(line);
  lines.add(line);
}

/** A card for a model of another program, where its looks leave no doubt: it has one size, and makes small numbers
 * of bytes by itself. */
function cardByLooks(model: tf.LayersModel): Card | undefined {
  const first = layersOf(model).find(({ layer }) => layer.getClassName() !== "InputLayer")?.layer;
  const [, ...shape] = model.inputs[0].shape;
  if (first?.getClassName() !== "Rescaling" || shape.length !== 3 || shape.includes(null)) return undefined;
  const input = inputSpecOf(model);
  const unknown = { classes: [], trainedOn: [], seed: null, accuracy: null };
  return { name: model.name, input, output: "logits", ...unknown, version };
}
