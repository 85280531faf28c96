/** The filter explorer. */
export {
  FilterExplorer,
  filterExplorer,
  type FilterExplorerOptions,
  type PhotoPlace,
  type UnitPlace,
} from "./explorer";
export type {
  ExplorerState,
  FeatureMap,
  Feed,
  Photo,
  PlaceLook,
  SeenPatch,
  Sheet,
  Thumb,
  Tuning,
  UnitLook,
} from "./state";
