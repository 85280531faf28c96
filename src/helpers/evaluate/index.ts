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
