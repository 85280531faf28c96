/** The only door: everything a notebook needs, in lecture order. */
import { setReporter } from "./helpers/report";
import { kernelComms } from "./live/kernel";
import { liveReporter } from "./live/progress";

setReporter(liveReporter());
kernelComms(); // from the first cell on, an interrupt ends long work

export * from "./helpers";
export * from "./viz";
export { interruptSignal, onInterrupt } from "./live/kernel";
export * from "./live/panel";
export * from "./live/explorer";
export * from "./live/pad";
export { Widget, type Change, type Still, type WidgetView } from "./live/widget";
