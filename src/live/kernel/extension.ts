/** The door for those who need no more than what the running kernel gives. */
import { Comms } from "./comms";
import { Kernel } from "./kernel";
import { checkTslab, loadedTslab, type LoadedTslab } from "./tslab";

interface Extension {
  kernel: Kernel;
  comms: Comms;
}

const MARK = Symbol.for("tslab-comms@1");
const refused = new WeakSet<object>();
const never = new AbortController().signal;

/** The comms of the kernel that runs this process; undefined outside of a notebook, and in a kernel that is not known,
 * which is said once.
 * @example kernelComms()?.open("my.target").send({ hello: "world" }) */
export function kernelComms(): Comms | undefined {
  return extension()?.comms;
}

/** A signal that aborts at the next interrupt of the kernel. Long work takes it and ends at the next batch with what it
 * has; then its cell ends, and the variables of the cell are there. Work that was interrupted and asks again gets one
 * that is aborted already. Outside of a notebook it never aborts.
 * @example await fineTune(model, few, { seed: 1, signal: interruptSignal() }) */
export function interruptSignal(): AbortSignal {
  return extension()?.kernel.interruptSignal() ?? never;
}

/** Calls `listener` at each interrupt of the kernel, for work that takes no signal.
 * @returns What ends that. */
export function onInterrupt(listener: () => void): () => void {
  return extension()?.kernel.onInterrupt(listener) ?? (() => {});
}

/** Calls `listener` once when the cell or message that is worked at has ended, well or not.
 * @returns What ends that. */
export function onWorkEnd(listener: () => void): () => void {
  return extension()?.kernel.onWorkEnd(listener) ?? (() => {});
}

/** Ends long work as Jupyter's interrupt does, for a button of one's own. */
export function interruptWork(): void {
  extension()?.kernel.interrupt();
}

/** Writes one output in several forms, MIME type → content, under the cell that is worked at.
 * @returns Whether there is a notebook to write in. */
export function writeOutput(data: Record<string, unknown>, metadata: Record<string, unknown> = {}): boolean {
  const write = loadedTslab()?.exports.lastWriteDisplayData;
  write?.({ data, metadata, transient: {} }, false);
  return Boolean(write);
}

/** Made at the first call. */
function extension(): Extension | undefined {
  const loaded = loadedTslab();
  if (!loaded || refused.has(loaded.exports)) return undefined;
  // On tslab itself: two copies of this file must not extend it twice.
  const marked = loaded.exports as { [MARK]?: Extension };
  return (marked[MARK] ??= extend(loaded));
}

function extend(loaded: LoadedTslab): Extension | undefined {
  try {
    const kernel = new Kernel(checkTslab(loaded));
    return { kernel, comms: new Comms(kernel) };
  } catch (error) {
    refused.add(loaded.exports);
    console.log(`${(error as Error).message} Widgets are shown as still pictures.`);
    return undefined;
  }
}
