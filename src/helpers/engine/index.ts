export { batchNormInTraining } from "./batch-norm";
export { softmaxCrossEntropy } from "./cross-entropy";
export { tf } from "./tf";
export { leakedTensors, trackModel } from "./memory";
