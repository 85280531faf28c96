/** The tensors of a file, gathered into the layers that they were in the program that wrote it. */
import type { FileTensor, FileTensors } from "./tensors";

/** Who wrote a layer: it decides on the names of its tensors and on the order of their axes. */
export type Writer = "keras" | "torch";

export interface FileLayer {
  /** Its name, with a point between the parts: `"conv1"`, `"features.0"`, `"sequential.conv2d_1"`. */
  path: string;
  writer: Writer;
  /** What kind of layer it must have been; undefined where nothing tells. PyTorch's convolutions are all one
   * kind, Keras counts depthwise ones on their own. */
  kind: "convolution" | "depthwise" | "dense" | "norm" | undefined;
  /** Whether the tensors are numbered and the name is only a count of its kind, as Keras 3 does it. */
  numbered: boolean;
  /** By role: `"kernel"`, `"running_mean"`, or a number. */
  tensors: Map<string, { name: string; tensor: FileTensor }>;
}

/** How often a layer was trained, which PyTorch counts along. */
const COUNTS = new Set(["num_batches_tracked"]);

/** Parts of Keras' paths that name no layer. */
const STRUCTURE = new Set(["layers", "_layer_checkpoint_dependencies", "model_weights"]);

/** Groups the tensors of a file by layer. */
export function fileLayersOf(tensors: FileTensors): FileLayer[] {
  const layers = new Map<string, FileLayer>();
  for (const [name, tensor] of tensors) {
    const { path, role, numbered } = parse(name);
    if (COUNTS.has(role)) continue;
    let layer = layers.get(path);
    if (!layer) {
      layer = { path, writer: "keras", kind: undefined, numbered, tensors: new Map() };
      layers.set(path, layer);
    }
    // A second one of the same role is kept under its whole name, where no weight will look for it.
    layer.tensors.set(layer.tensors.has(role) ? name : role, { name, tensor });
  }
  for (const layer of layers.values()) {
    layer.writer = ["weight", "running_mean", "running_var"].some((role) => layer.tensors.has(role))
      ? "torch"
      : "keras";
    layer.kind = layer.writer === "torch" ? kindByShape(layer) : kindByName(layer.path);
  }
  return [...layers.values()];
}

/** `"model_weights/conv1/conv1/kernel:0"` → `conv1.conv1`, `kernel`; `"layers/conv2d/vars/0"` → `conv2d`, `0`. */
function parse(name: string): { path: string; role: string; numbered: boolean } {
  const isPath = name.includes("/");
  const parts = name.replace(/:0$/, "").split(isPath ? "/" : ".");
  const role = parts.pop()!;
  const numbered = isPath && parts.at(-1) === "vars" && /^\d+$/.test(role);
  if (numbered) parts.pop();
  const path = (isPath ? parts.filter((part) => !STRUCTURE.has(part)) : parts).join(".");
  return { path, role, numbered };
}

function kindByShape({ tensors }: FileLayer): FileLayer["kind"] {
  const rank = tensors.get("weight")?.tensor.shape.length;
  if (tensors.has("running_mean") || rank === 1) return "norm";
  return rank === 4 ? "convolution" : rank === 2 ? "dense" : undefined;
}

const KERAS_KINDS: Record<string, FileLayer["kind"]> = {
  conv2d: "convolution",
  depthwise_conv2d: "depthwise",
  dense: "dense",
  batch_normalization: "norm",
};

/** Keras' own names say the class: `conv2d`, `conv2d_1`, `conv2d_2`. */
function kindByName(path: string): FileLayer["kind"] {
  const name = path.split(".").at(-1)!.replace(/_\d+$/, "");
  return Object.hasOwn(KERAS_KINDS, name) ? KERAS_KINDS[name] : undefined;
}
