export { AUGMENTATIONS, type Augmentation, type AugmentationName } from "./augment";
export { fineTune, type FineTuneOptions } from "./fine-tune";
export type { EpochRecord, History, StepRecord } from "./history";
export { train, type TrainOptions, type TrainResult } from "./loop";
export { pretrain, type PretrainOptions, type PretrainResult } from "./pretrain";
export type { LayerReceipt, Receipt } from "./receipt";
export type { Schedule, ScheduleName } from "./schedule";
export type { KernelSnapshot, SnapshotOptions } from "./snapshots";
export { STRATEGIES, defaultSteps, type Strategy } from "./strategies";
