/** The only door: everything a notebook needs, in lecture order. */
import { setReporter } from "./helpers/report";
import { kernelComms } from "./live/kernel";
import { notebookReporter } from "./viz";

setReporter(notebookReporter());
kernelComms(); // from the first cell on, an interrupt ends long work

export * from "./helpers";
export * from "./viz";
export { interruptSignal, onInterrupt } from "./live/kernel";
export { Widget, type Change, type Still, type WidgetView } from "./live/widget";
