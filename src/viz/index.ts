/** Everything that draws. */
export { check, figure, type FigureOptions } from "./check";
export { notebookReporter, terminalReporter } from "./reporter";
export {
  curveTable,
  describeCrossover,
  showAccuracyVsDataSize,
  type CurveChartOptions,
} from "./show-accuracy-vs-data-size";
export { showConfusion } from "./show-confusion";
export { showEvaluation } from "./show-evaluation";
export { showExamples, type ShowExamplesOptions } from "./show-examples";
export { showFilters } from "./show-filters";
export { showHistory } from "./show-history";
export { showLayers, showReceipt } from "./show-layers";
export { showSpread } from "./show-spread";
