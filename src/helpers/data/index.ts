export { adapt } from "./adapt";
export { checkExamples } from "./check-examples";
export { readCifarBinary, type CifarRecords } from "./cifar-binary";
export { readClassFolders } from "./class-folders";
export {
  imageAt,
  imageLength,
  pick,
  type Dataset,
  type Examples,
  type InputSpec,
  type InputType,
} from "./examples";
export { readIdx, type Idx } from "./idx";
export { inputSpecOf, inputToUse, type InputLike, type ModelLike } from "./input-spec";
export { loadDataset, type LoadOptions } from "./load-dataset";
export { datasetNames, type DatasetName } from "./registry";
export { sample, type SampleOptions } from "./sample";
export { selectClasses } from "./select-classes";
export { split, type SplitOptions } from "./split";
