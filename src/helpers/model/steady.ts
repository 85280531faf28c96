import type { Layer } from "./layers";

/** Kinds of layers that give the same for the same input and parameters, training or not. Dropout and noise draw
 * numbers while they train, and who knows what a layer of a person's own does. */
const STEADY = new Set([
  "Activation",
  "Add",
  "Average",
  "AveragePooling2D",
  "BatchNormalization", // while it is frozen
  "Concatenate",
  "Conv1D",
  "Conv2D",
  "Conv2DTranspose",
  "Cropping2D",
  "Dense",
  "DepthwiseConv2D",
  "ELU",
  "Flatten",
  "GlobalAveragePooling2D",
  "GlobalMaxPooling2D",
  "InputLayer",
  "LayerNormalization",
  "LeakyReLU",
  "MaxPooling2D",
  "Maximum",
  "Minimum",
  "Multiply",
  "PReLU",
  "Permute",
  "ReLU",
  "Rescaling",
  "Reshape",
  "SeparableConv2D",
  "Softmax",
  "ThresholdedReLU",
  "UpSampling2D",
  "ZeroPadding2D",
]);

/** Whether a layer, left as it is, gives the same for the same input in every step of a training. */
export function isSteady(layer: Layer): boolean {
  return STEADY.has(layer.getClassName());
}
