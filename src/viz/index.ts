/** Everything that draws. */
export { check, figure, type FigureOptions } from "./check";
export { imageGroups, type GridOptions, type ImageGroup, type Picture, type Raster } from "./raster";
export { notebookReporter, terminalReporter } from "./reporter";
export {
  curveTable,
  describeCrossover,
  showAccuracyVsDataSize,
  type CurveChartOptions,
} from "./show-accuracy-vs-data-size";
export { showConfusion } from "./show-confusion";
export { censusTable, showDetectorCensus } from "./show-detector-census";
export { evaluationTable, showEvaluation } from "./show-evaluation";
export { showExamples, type ShowExamplesOptions } from "./show-examples";
export { showFeatureMaps, type ShowFeatureMapsOptions } from "./show-feature-maps";
export { describeFilters, filtersPicture, showFilters, type ShowFiltersOptions } from "./show-filters";
export { showGradCam } from "./show-grad-cam";
export { showHistory } from "./show-history";
export { showLayers, showReceipt } from "./show-layers";
export { showMistakes, type ShowMistakesOptions } from "./show-mistakes";
export { showMovedFilters } from "./show-moved-filters";
export { showNearest } from "./show-nearest";
export { showPreferredImages, type ShowPreferredImagesOptions } from "./show-preferred-images";
export { showProbe } from "./show-probe";
export { recommendationTable, showRecommendation } from "./show-recommendation";
export { showSnapshots, type ShowSnapshotsOptions } from "./show-snapshots";
export { showSpread } from "./show-spread";
export { showStimuli } from "./show-stimuli";
export { showTopPatches, type ShowTopPatchesOptions } from "./show-top-patches";
export { showTuning, type ShowTuningOptions } from "./show-tuning";
