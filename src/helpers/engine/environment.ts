/** What TensorFlow reads from the environment while it loads, so this file must be imported before it. */
import { availableParallelism } from "node:os";

function setDefault(name: string, value: string): void {
  process.env[name] ??= value;
}

const threads = String(availableParallelism());
setDefault("OMP_NUM_THREADS", threads); // oneDNN's own pool; unset, it gives a fifth of the speed away
setDefault("TF_NUM_INTRAOP_THREADS", process.env.OMP_NUM_THREADS ?? threads);
setDefault("TF_CPP_MIN_LOG_LEVEL", "2"); // start-up chatter stays out of notebooks; errors still show
