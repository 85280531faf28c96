/** Live widgets in TypeScript notebooks. */
export { savedWidgets, type SavedWidgets } from "./models";
export type { Still } from "./still";
export { viewFiles } from "./view-files";
export { Widget, type Change, type WidgetView } from "./widget";
