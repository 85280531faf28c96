import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";

/** Waits for something that nobody announces. */
export async function until(done: () => boolean, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!done()) {
    assert.ok(performance.now() < end, "waited too long");
    await setTimeout(10);
  }
}
