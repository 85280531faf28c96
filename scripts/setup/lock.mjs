// One set-up at a time: `npm start` and `npm test` may run side by side in a bare clone.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { kept } from "./paths.mjs";

const file = join(kept, "lock");

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Runs `work` while no other set-up of this checkout runs; waits for the other one first. */
export async function alone(work) {
  mkdirSync(kept, { recursive: true });
  for (let said = false; ;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const owner = readOwner();
    // An empty file is one whose owner has not written its number yet.
    if (owner !== undefined && !isAlive(owner)) rmSync(file, { force: true });
    else if (!said) {
      said = true;
      console.log(`Another set-up is at work here (process ${owner ?? "unknown"}); waiting for it.`);
    }
    await pause(300);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function readOwner() {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}
