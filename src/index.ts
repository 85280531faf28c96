/** The only door: everything a notebook needs, in lecture order. */
import { setReporter } from "./helpers/report";
import { notebookReporter } from "./viz";

setReporter(notebookReporter());

export * from "./helpers";
export * from "./viz";
