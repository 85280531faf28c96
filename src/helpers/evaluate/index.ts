export { calibrate, type Calibrated, type CalibrateOptions } from "./calibrate";
export { calibrationError, type CalibrationError } from "./calibration-error";
export type { Lead, OptionEvidence } from "./choose";
export type { Crossover } from "./crossover";
export { evaluate, type Evaluation } from "./evaluate";
export { meanInterval, wilsonInterval, type MeanInterval } from "./intervals";
export {
  accuracyVsDataSize,
  accuracyVsLearningRate,
  type Curve,
  type CurveOptions,
  type CurvePoint,
  type SpreadOptions,
  type SpreadRow,
} from "./learning-curve";
export { recommend, type Recommendation, type RecommendOptions } from "./recommend";
export type { Workers } from "./workers";
