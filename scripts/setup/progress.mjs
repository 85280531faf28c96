// What set-up shows while it works: one line a step, redrawn on a terminal.
import { clearInterval, setInterval } from "node:timers";

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one step under its progress line.
 * @param label E.g. `"[2/6] npm packages"`. @param work Gets a function that shows a short note; what it returns is
 * shown at the end. */
export async function showStep(label, work) {
  const start = performance.now();
  const live = process.stdout.isTTY;
  let note = "";
  const draw = () => {
    const line = `${label} … ${seconds(start)} ${note}`;
    process.stdout.write(`\r\x1b[2K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  };
  const end = (line) => process.stdout.write(live ? `\r\x1b[2K${line}\n` : `${line}\n`);
  const timer = live ? setInterval(draw, 500) : undefined;
  if (live) draw();
  else process.stdout.write(`${label} …\n`);
  try {
    const result = await work((text) => (note = text));
    end(`${label}: ${result ? `${result} ` : ""}(${seconds(start)})`);
  } catch (error) {
    end(`${label}: failed (${seconds(start)})`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
