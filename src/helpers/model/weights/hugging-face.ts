/** How Hugging Face's transformers name the layers of MobileNet v1 (`MobileNetV1ForImageClassification`). */

const PARTS: Record<string, string> = { convolution: "", normalization: "_bn" };

/** Keras' name of a layer, for that of Hugging Face: `mobilenet_v1.layer.2.convolution` → `conv_dw_2`.
 * @returns Undefined where it is none of these names. */
export function huggingFaceName(path: string): string | undefined {
  if (path === "classifier") return "conv_preds";
  const [, index, part] =
    /^(?:mobilenet_v1\.)?(?:conv_stem|layer\.(\d+))\.(convolution|normalization)$/.exec(path) ?? [];
  if (!part) return undefined;
  if (index === undefined) return `conv1${PARTS[part]}`;
  const kind = Number(index) % 2 === 0 ? "dw" : "pw"; // depthwise and pointwise ones take turns
  return `conv_${kind}_${Math.floor(Number(index) / 2) + 1}${PARTS[part]}`;
}
