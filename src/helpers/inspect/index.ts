export { detectorCensus, type CensusOptions } from "./census";
export { movedFilters, type LayerMovement } from "./moved";
export { probeUnits, type Probe, type UnitAnswer } from "./probe";
export {
  bankAngles,
  COLOUR_AXES,
  describeStimulus,
  drawStimulus,
  stimulusBank,
  type ColourAxis,
  type Figure,
  type Shape,
  type Stimulus,
} from "./stimuli";
export { detectorKind } from "./tally";
export {
  DETECTOR_KINDS,
  type DetectorCensus,
  type DetectorKind,
  type Filter,
  type FilterKind,
  type FirstLayerFilters,
  type LayerCensus,
  type Share,
  type UnitCensus,
} from "./types";
