export { activations, type ActivationsOptions, type LayerActivations } from "./activations";
export { detectorCensus, type CensusOptions } from "./census";
export { firstLayerFilters } from "./first-layer-filters";
export type { AskedClasses } from "./asked-classes";
export { gradCam, type GradCam, type GradCamOptions } from "./grad-cam";
export { movedFilters, type LayerMovement } from "./moved";
export { nearestTrainingImages, type NearestOptions, type Neighbours } from "./nearest";
export {
  preferredImage,
  preferredImages,
  type PreferredImage,
  type PreferredImageOptions,
} from "./preferred-image";
export { probeUnits, type Probe, type UnitAnswer } from "./probe";
export { receptiveField, type Box, type ReceptiveField } from "./receptive-field";
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
  topPatches,
  topPlaces,
  type Patch,
  type TopPatches,
  type TopPlaces,
  type TopPatchesOptions,
} from "./top-patches";
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
