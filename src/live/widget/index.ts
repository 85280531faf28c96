/** Live widgets in TypeScript notebooks. */
export { savedWidgets, type SavedWidgets } from "./models";
export type { Still } from "./still";
export { Widget, type Change, type WidgetView } from "./widget";
