/** When native operations are used, and what happens where one is missing. */
import { tf } from "../tf";

/** Whether native operations are in use: the backend is TensorFlow's, and nobody turned them off with
 * `TRANSFER_LAB_NATIVE=off`. */
export function usesNative(): boolean {
  return process.env.TRANSFER_LAB_NATIVE !== "off" && tf.getBackend() === "tensorflow";
}

/** Whether what runs now is recorded, so that a gradient can be taken of it. Inside a kernel nothing is. While a
 * gradient is computed, it means that a gradient of the gradient is wanted, which native ones don't have. */
export function isRecording(): boolean {
  return (tf.engine() as unknown as { isTapeOn(): boolean }).isTapeOn();
}

/** Whether a gradient will be taken of the work at hand, inside a kernel too. */
export function willTakeGradient(): boolean {
  return (tf.engine() as unknown as { state: { gradientDepth: number } }).state.gradientDepth > 0;
}

/** What this TensorFlow turned out not to have. */
const missing = new Set<string>();

/** Does the work natively; the stock way where native operations are off, or where TensorFlow answers that it
 * doesn't know the operation, which is asked once.
 * @param what A name for the work, the same each time. */
export function nativeOrStock<Result>(what: string, native: () => Result, stock: () => Result): Result {
  if (missing.has(what) || !usesNative()) return stock();
  try {
    return native();
  } catch (error) {
    if (!isMissing(error)) throw error;
    missing.add(what);
    return stock();
  }
}

/** TensorFlow's NOT_FOUND and UNIMPLEMENTED: no such operation, or none for this machine. */
function isMissing(error: unknown): boolean {
  return /^Invalid TF_Status: (5|12)\b/.test((error as Error).message);
}
