/** The freeze panel: choose by hand what trains, and see what comes of it. */
export { FreezePanel, freezePanel, type FreezePanelOptions } from "./panel";
export type {
  FreezeChange,
  PanelRow,
  PanelRun,
  PanelSettings,
  PanelState,
  PanelStatus,
  ShownRun,
  StepCost,
} from "./state";
