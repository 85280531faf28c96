import "./native";

export { NativeAdam, type AdamStep } from "./native/apply-adam";
export { NativeMomentum } from "./native/apply-momentum";
export { batchNormInTraining } from "./native/batch-norm";
export { conv2dWithBias } from "./native/conv2d-with-bias";
export { softmaxCrossEntropy } from "./native/cross-entropy";
export { nativeOrStock } from "./native/switch";
export { lossAndGradients } from "./loss-and-gradients";
export { Replay, Replays } from "./graph/replay";
export { tf } from "./tf";
export { leakedTensors, trackModel } from "./memory";
