/** Which layer of a file belongs to which layer of a model. */
import type { NamedLayer } from "../layers";
import type { FileLayer } from "./file-layers";
import { huggingFaceName } from "./hugging-face";

type Pairs = Map<NamedLayer, FileLayer>;

/** Pairs the layers of a model with those of a file. A layer is known by the name that the caller gives, by its
 * own name, or by Hugging Face's. Where a file has none of these and only counts its layers (`features.3`,
 * `conv2d_7`), those of one kind are taken in their order: they must be as many as the model's.
 * @param names What the caller says: the file's name of a layer → the model's.
 * @returns Layers without a partner, on either side, are left out. */
export function matchLayers(
  model: readonly NamedLayer[],
  file: readonly FileLayer[],
  names: Readonly<Record<string, string>> = {},
): Pairs {
  const said = pairUp(model, file, ({ path }, name) => names[path] === name);
  const openModel = model.filter((layer) => !said.has(layer));
  const openFile = without(file, said);
  return new Map([...said, ...byOrder(openModel, openFile, byName(openModel, openFile))]);
}

/** Those whose names agree. Where Keras 3 numbers all that it writes, its names are only counts. */
function byName(model: readonly NamedLayer[], file: readonly FileLayer[]): Pairs {
  const pairs: Pairs = new Map();
  const rules: ((path: string, name: string) => boolean)[] = [
    (path, name) => path === name,
    (path, name) => huggingFaceName(path) === name,
    (path, name) => path.endsWith(`.${name}`),
  ];
  for (const rule of rules) {
    const openModel = model.filter((layer) => !pairs.has(layer));
    const fits = ({ path, numbered }: FileLayer, name: string): boolean =>
      !numbered && rule(path, name.replaceAll("/", "."));
    for (const [layer, found] of pairUp(openModel, without(file, pairs), fits)) pairs.set(layer, found);
  }
  return pairs;
}

/** Adds those that a file only counts to those whose names agree. */
function byOrder(model: readonly NamedLayer[], file: readonly FileLayer[], named: Pairs): Pairs {
  const pairs: Pairs = new Map(named);
  for (const kind of new Set(file.map(kindOf))) {
    if (!kind) continue;
    const counted = file.filter((layer) => kindOf(layer) === kind);
    const wanted = model.filter(({ layer }) => isOfKind(layer.getClassName(), counted[0]));
    if (counted.length !== wanted.length || !isOneSeries(counted)) continue;
    const known = wanted.filter((layer) => named.has(layer)).length;
    // Keras begins its counts anywhere, so that some can equal the model's names by mere chance. Elsewhere
    // one name that agrees says that all should.
    if (known === wanted.length || (known > 0 && counted[0].writer === "torch")) continue;
    for (const [layer, found] of pairs) if (counted.includes(found)) pairs.delete(layer);
    inOrder(counted).forEach((layer, i) => pairs.set(wanted[i], layer));
  }
  return pairs;
}

/** Pairs each layer with the one in the file that fits it; not where several do. */
function pairUp(
  model: readonly NamedLayer[],
  file: readonly FileLayer[],
  fits: (layer: FileLayer, name: string) => boolean,
): Pairs {
  const pairs: Pairs = new Map();
  for (const layer of model) {
    const found = without(file, pairs).filter((candidate) => fits(candidate, layer.name));
    if (found.length === 1) pairs.set(layer, found[0]);
  }
  return pairs;
}

function without(file: readonly FileLayer[], pairs: Pairs): FileLayer[] {
  const used = new Set(pairs.values());
  return file.filter((layer) => !used.has(layer));
}

function kindOf({ writer, kind }: FileLayer): string | undefined {
  return kind && `${writer} ${kind}`;
}

function isOfKind(className: string, { writer, kind }: FileLayer): boolean {
  switch (className) {
    case "Conv2D":
      return kind === "convolution";
    case "DepthwiseConv2D":
      return kind === (writer === "torch" ? "convolution" : "depthwise");
    case "Dense":
      return kind === "dense";
    case "BatchNormalization":
      return kind === "norm";
    default:
      return false;
  }
}

/** Whether names differ in nothing but their numbers, so that these are an order. */
function isOneSeries(layers: readonly FileLayer[]): boolean {
  return new Set(layers.map((layer) => countedPath(layer).replace(/\d+/g, "#"))).size === 1;
}

/** Keras leaves the first one's number out: `conv2d`, `conv2d_1`, … */
function countedPath({ writer, path }: FileLayer): string {
  if (writer === "torch") return path;
  return path
    .split(".")
    .map((part) => (/_\d+$/.test(part) ? part : `${part}_0`))
    .join(".");
}

function inOrder(layers: readonly FileLayer[]): FileLayer[] {
  const numbers = new Map(
    layers.map((layer) => [layer, countedPath(layer).match(/\d+/g)?.map(Number) ?? []]),
  );
  return [...layers].sort((a, b) => {
    const [one, other] = [numbers.get(a)!, numbers.get(b)!];
    const at = one.findIndex((n, i) => n !== other[i]);
    return at < 0 ? 0 : one[at] - other[at];
  });
}
