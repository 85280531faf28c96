export { cardOf, describeCard, readCard, setCard, type Card, type MeasuredAccuracy } from "./card";
export { buildConvNet, type ConvNetOptions } from "./convnet";
export { checkFits, checkGivesLogits } from "./fits";
export { freeze, isFrozen, prepareForTraining, summarize, trainableWeights, type Freeze } from "./freeze";
export { graphOf, INPUT, runGraph, stepNamed, type RunOptions, type Step } from "./graph";
export { initialize } from "./initialize";
export { kernelNamed, kernelsOf, type NamedKernel } from "./kernels";
export {
  headOf,
  isStatistic,
  layersOf,
  parametersOf,
  roleOf,
  weightedLayers,
  weightsOf,
  type LayerSummary,
  type NamedLayer,
  type Weight,
} from "./layers";
export { copyModel, replaceHead } from "./replace-head";
export { loadModel, saveModel } from "./save";
export { predictLogits, score, type Score } from "./predict";
export { isSteady, trainingPass } from "./training-pass";
