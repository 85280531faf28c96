import "./native";

export { batchNormInTraining } from "./native/batch-norm";
export { softmaxCrossEntropy } from "./native/cross-entropy";
export { tf } from "./tf";
export { leakedTensors, trackModel } from "./memory";
