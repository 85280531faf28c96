import { tf } from "../../engine";
import { roleOf, weightedLayers, weightsOf, type NamedLayer, type Weight } from "../layers";
import { fileLayersOf, type FileLayer } from "./file-layers";
import { layoutOf, toModel, type Layout } from "./layout";
import { matchLayers } from "./match";
import type { FileTensor, FileTensors } from "./tensors";

export interface ImportOptions {
  /** Where a file has names that aren't known: its name of a layer → the model's, `{ stem: "conv1" }`. */
  names?: Record<string, string>;
  /** What the tensors come from, for errors: `"net.safetensors"`. */
  from?: string;
}

/** Which tensor becomes which weight, and what stands in the way. */
interface Plan {
  steps: { weight: Weight; tensor: FileTensor; layout: Layout }[];
  missing: string[];
  unexpected: string[];
  unfit: string[];
}

/** Sets the weights of a model from the tensors of a file that Keras, PyTorch or this package wrote. Every
 * weight is set once and every tensor is used once; where that isn't possible, nothing is changed. PyTorch's
 * order of axes becomes TensorFlow's.
 * @param model Changed in place. A network of buildConvNet, buildMobileNet, buildTinyDarknet, or one whose
 *   layers have the file's names.
 * @param tensors What readSafetensors, readKeras or readKerasH5 gave.
 * @throws Error where tensors are missing, unexpected, of another shape or no numbers; it lists them.
 * @example
 * importWeights(model, readSafetensors(bytes)); */
export function importWeights(
  model: tf.LayersModel,
  tensors: FileTensors,
  { names = {}, from = "the file" }: ImportOptions = {},
): void {
  const layers = weightedLayers(model);
  const fileLayers = fileLayersOf(tensors);
  checkNames(names, layers, fileLayers, `load "${model.name}" from ${from}`);
  const { steps, ...obstacles } = planOf(model, layers, fileLayers, matchLayers(layers, fileLayers, names));
  const problems = Object.entries(obstacles).filter(([, items]) => items.length > 0);
  if (problems.length > 0)
    throw new Error(
      `Cannot load "${model.name}" from ${from}: ${problems.map(([what, items]) => list(what, items)).join("; ")}. Nothing was changed.`,
    );
  for (const { weight, tensor, layout } of steps)
    tf.tidy(() => void weight.write(toModel(tensor.values, layout, weight)));
}

function planOf(
  model: tf.LayersModel,
  layers: NamedLayer[],
  fileLayers: FileLayer[],
  pairs: Map<NamedLayer, FileLayer>,
): Plan {
  const plan: Plan = { steps: [], missing: [], unexpected: [], unfit: [] };
  const used = new Set<FileTensor>();
  for (const named of layers)
    for (const [index, weight] of weightsOf(named.layer).entries()) {
      const fileLayer = pairs.get(named);
      const found = fileLayer && tensorFor(fileLayer, weight, index);
      if (!found) {
        plan.missing.push(`${named.name}/${roleOf(weight)}`);
        continue;
      }
      const { name, tensor } = found;
      const layout = layoutOf(model, named.layer, weight, fileLayer.writer);
      if (!isSameButForOnes(tensor.shape, layout.shape))
        plan.unfit.push(`${name} is [${tensor.shape.join(", ")}] instead of [${layout.shape.join(", ")}]`);
      else if (!tensor.values.every(Number.isFinite))
        plan.unfit.push(`${name} holds values that are no numbers`);
      used.add(tensor);
      plan.steps.push({ weight, tensor, layout });
    }
  for (const { tensors } of fileLayers)
    for (const { name, tensor } of tensors.values()) if (!used.has(tensor)) plan.unexpected.push(name);
  return plan;
}

/** What PyTorch and older versions of Keras call the roles of a weight. */
const ROLES: Record<string, string[]> = {
  kernel: ["kernel", "weight"],
  depthwise_kernel: ["depthwise_kernel", "kernel", "weight"],
  bias: ["bias"],
  gamma: ["gamma", "weight"],
  beta: ["beta", "bias"],
  moving_mean: ["moving_mean", "running_mean"],
  moving_variance: ["moving_variance", "running_var"],
};

function tensorFor({ numbered, tensors }: FileLayer, weight: Weight, index: number) {
  if (numbered) return tensors.get(String(index));
  const role = roleOf(weight);
  return (ROLES[role] ?? [role]).map((name) => tensors.get(name)).find(Boolean);
}

/** A 1×1 convolution is a dense layer for each pixel: `[3, 1024, 1, 1]` may come as `[3, 1024]`. */
function isSameButForOnes(a: readonly number[], b: readonly number[]): boolean {
  const [one, other] = [a, b].map((shape) => shape.filter((side) => side !== 1));
  return one.length === other.length && one.every((side, i) => side === other[i]);
}

function checkNames(
  names: Record<string, string>,
  model: NamedLayer[],
  file: FileLayer[],
  action: string,
): void {
  const quote = (list: string[]): string => list.map((name) => `"${name}"`).join(", ");
  for (const [path, name] of Object.entries(names)) {
    if (!file.some((layer) => layer.path === path))
      throw new Error(`Cannot ${action}: it has no layer "${path}", but ${quote(file.map((l) => l.path))}.`);
    if (!model.some((layer) => layer.name === name))
      throw new Error(
        `Cannot ${action}: the model has no layer "${name}" with parameters, but ${quote(model.map((l) => l.name))}.`,
      );
  }
}

const SHOWN = 6;

/** `"missing conv1/kernel, norm1/gamma and 12 more"`. */
function list(what: string, items: string[]): string {
  const rest = items.length - SHOWN;
  return `${what} ${items.slice(0, SHOWN).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
