export { adapt, SAME_TYPE_ONLY, type AdaptOptions } from "./adapt";
export { cacheFolder } from "./cache";
export { checkExamples } from "./check-examples";
export { readCifarBinary, type CifarRecords } from "./cifar-binary";
export { readClassFolders } from "./class-folders";
export { examplePictures } from "./example-pictures";
export {
  imageAt,
  imageLength,
  pick,
  type Dataset,
  type Examples,
  type InputSpec,
  type InputType,
} from "./examples";
export { fetchFolder, type FileList, type FolderOptions, type ListedFile } from "./fetch-folder";
export type { FolderReport } from "./folder-report";
export { readIdx, type Idx } from "./idx";
export { imageFolder, type ImageFolder, type ImageFolderOptions } from "./image-folder";
export { inputSpecOf, inputToUse, type InputLike, type ModelLike } from "./input-spec";
export { loadDataset, type LoadOptions } from "./load-dataset";
export { drawPenStrokes, PEN_PICTURE, type PenPoint } from "./pen-strokes";
export { checkPhotoOptions, decodePhoto, FITS, type Fit, type PhotoOptions } from "./photo";
export { pictureBytes, type PictureBytesOptions, type PictureSource } from "./picture-bytes";
export { datasetNames, type DatasetName } from "./registry";
export { sample, type SampleOptions } from "./sample";
export { selectClasses } from "./select-classes";
export { split, type SplitOptions } from "./split";
export { writeImageFolder } from "./write-image-folder";
