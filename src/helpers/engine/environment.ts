/** What TensorFlow reads from the environment while it loads, so this file must be imported before it. */
import { availableParallelism } from "node:os";

function setDefault(name: string, value: string): void {
  process.env[name] ??= value;
}

const threads = String(availableParallelism());
setDefault("OMP_NUM_THREADS", threads); // oneDNN's own pool; unset, it gives a fifth of the speed away
setDefault("TF_NUM_INTRAOP_THREADS", process.env.OMP_NUM_THREADS ?? threads);
// A convolution's gradient would be set up anew in every step, to save memory for graphs with thousands of them.
if (process.env.TRANSFER_LAB_NATIVE !== "off") setDefault("TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE", "false");
setDefault("TF_CPP_MIN_LOG_LEVEL", "2"); // start-up chatter stays out of notebooks; errors still show

/** Deprecations of Node that TensorFlow.js itself runs into (punycode, `util.isNullOrUndefined`): nothing that a
 * reader of a notebook could do anything about. */
const known = new Set<unknown>(["DEP0040", "DEP0051"]);
const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
process.emitWarning = (...args: unknown[]): void => {
  if (!args.some((argument) => known.has(argument))) emitWarning(...args);
};
