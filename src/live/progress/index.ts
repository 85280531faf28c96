/** Progress with a button that stops the work. */
export { liveReporter } from "./live-reporter";
