export { cardOf, describeCard, readCard, setCard, type Card, type MeasuredAccuracy } from "./card";
export { confidences } from "./confidence";
export { buildConvNet, type ConvNetOptions } from "./convnet";
export { writeDemo, type DemoOptions } from "./demo";
export { checkFits, checkGivesLogits, checkTakes } from "./fits";
export { freeze, isFrozen, prepareForTraining, summarize, trainableWeights, type Freeze } from "./freeze";
export { inferencePass, inferencePassOf, type InferencePass } from "./inference-pass";
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
export { loadPretrained, type PretrainedOptions } from "./load-pretrained";
export { buildMobileNet, type MobileNetOptions } from "./mobilenet";
export { predict, type Prediction, type PredictOptions } from "./predict-image";
export { frozenPrefix, prefixWeights, runSuffix, type Prefix } from "./prefix";
export { pretrainedNames, type PretrainedName } from "./pretrained";
export { copyModel, replaceHead, type ReplaceHeadOptions } from "./replace-head";
export { loadModel, saveModel } from "./save";
export { buildTinyDarknet, type TinyDarknetOptions } from "./tiny-darknet";
export { importWeights, type ImportOptions } from "./weights/import-weights";
export { readKeras, readKerasH5 } from "./weights/keras";
export { loadWeights } from "./weights/load-weights";
export { readSafetensors } from "./weights/safetensors";
export { saveWeights } from "./weights/save-weights";
export type { FileTensor, FileTensors } from "./weights/tensors";
export { batchSizeFor, predictLogits, score, type Score } from "./predict";
export { repeatsItself, trainingPass } from "./training-pass";
