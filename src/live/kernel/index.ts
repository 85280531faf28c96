/** What the tslab kernel lacks: comms, and an interrupt that ends long work. Stands by itself: it imports nothing of
 * the package. */
export { Comm, type CommExtras, type CommHandler, type CommMessage } from "./comm";
export { Comms, type OpenCommOptions, type TargetHandler } from "./comms";
export {
  interruptSignal,
  interruptWork,
  kernelComms,
  onInterrupt,
  onWorkEnd,
  writeOutput,
} from "./extension";
export { showError } from "./show-error";
export { bytesOf } from "./wire";
