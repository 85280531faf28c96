/** TensorFlow.js's `model.json`: a network's architecture, and which files have its weights. Somebody else wrote it,
 * so it is looked at before it is believed. */
import type { FileList, ListedFile } from "../data";

/** The architecture: Keras' format, in the one wrapping or the other. */
export type Topology = { model_config?: object; class_name?: string; config?: unknown };

/** One array of numbers in a weight file. */
export interface WeightSpec {
  name: string;
  shape: number[];
  dtype: "float32" | "int32" | "bool" | "string" | "complex64";
  /** Numbers that were made smaller for the way. */
  quantization?: { dtype: "uint8" | "uint16" | "float16"; scale?: number; min?: number };
}

interface WeightGroup {
  paths: string[];
  weights: WeightSpec[];
}

interface ModelJson {
  format?: string;
  modelTopology?: Topology & { node?: unknown };
  weightsManifest?: WeightGroup[];
  userDefinedMetadata?: { card?: unknown };
}

/** The weight files that a model.json names, and how long they are.
 * @throws Error where it is no layers model's, or names a file outside its folder. */
export function listWeightFiles(modelJson: Buffer): FileList {
  const { groups } = parseModelJson(modelJson);
  const files = groups.flatMap(({ paths, weights }): ListedFile[] => {
    const bytes = bytesOf(weights);
    // Of several files that share a group, only the sum is known.
    return paths.map((name) => ({ name, maxBytes: bytes, ...(paths.length === 1 && { bytes }) }));
  });
  return { files, totalBytes: sum(groups.map(({ weights }) => bytesOf(weights))) };
}

/** @throws Error where it is no layers model's, or names a file outside its folder. */
export function parseModelJson(bytes: Buffer): { json: ModelJson; groups: WeightGroup[] } {
  let json: ModelJson | null;
  try {
    json = JSON.parse(bytes.toString("utf8")) as ModelJson | null;
  } catch (cause) {
    throw new Error("model.json is no JSON", { cause });
  }
  if (json?.format === "graph-model" || json?.modelTopology?.node)
    throw new Error("model.json is a graph model's, whose layers are gone; a layers model's is needed");
  const { modelTopology, weightsManifest } = json ?? {};
  const network = (modelTopology?.model_config ?? modelTopology) as { config?: unknown } | undefined;
  if (typeof network?.config !== "object" || !network.config || !Array.isArray(weightsManifest))
    throw new Error("model.json is no layers model's: it has no modelTopology or no weightsManifest");
  const seen = new Set<string>();
  for (const { paths, weights } of weightsManifest) {
    if (!Array.isArray(paths) || !Array.isArray(weights))
      throw new Error("model.json is damaged: a group of weights has no paths or no weights");
    for (const path of paths) checkPath(path, seen);
  }
  return { json: json!, groups: weightsManifest };
}

/** A file of somebody else's list stays in its folder, and takes no other file's place. */
function checkPath(path: unknown, seen: Set<string>): void {
  const isPlain =
    typeof path === "string" &&
    !/[\\:?#\0]|\.partial(\.json)?$/i.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..") &&
    !/^(model|card)\.json$/i.test(path);
  if (!isPlain || seen.has(path))
    throw new Error(
      `model.json names a weight file ${JSON.stringify(path)}: it has to be another one, in its own folder`,
    );
  seen.add(path);
}

const BYTES: Record<string, number> = {
  float32: 4,
  int32: 4,
  complex64: 8,
  bool: 1,
  float16: 2,
  uint16: 2,
  uint8: 1,
};

/** How long the weights are in their file. */
export function bytesOf(weights: WeightSpec[]): number {
  return sum(
    weights.map(({ name, shape, dtype, quantization }) => {
      const each = BYTES[quantization?.dtype ?? dtype];
      const count = Array.isArray(shape) ? shape.reduce((product, side) => product * side, 1) : NaN;
      if (!each || !Number.isSafeInteger(count) || count < 0)
        throw new Error(
          `model.json is damaged: it gives "${name}" the shape ${JSON.stringify(shape)} and type ${dtype}`,
        );
      return each * count;
    }),
  );
}

export function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
