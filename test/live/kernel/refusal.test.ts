/** A tslab that is not the one known stays as it is. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { interruptSignal, kernelComms, onInterrupt, writeOutput } from "../../../src/live/kernel";

interface Fake {
  lastWriteDisplayData(content: object): void;
  ZmqServer: { prototype: object };
  JupyterHandlerImpl: { prototype: object };
}

/** Runs work while another tslab is at work in this process; returns what was said. */
function inKernel(version: string, fake: Fake, work: () => void): string[] {
  const folder = mkdtempSync(join(tmpdir(), "tslab-"));
  const file = join(folder, "tslab", "dist", "jupyter.js");
  mkdirSync(join(folder, "tslab", "dist"), { recursive: true });
  writeFileSync(join(folder, "tslab", "package.json"), JSON.stringify({ version }));
  const said: string[] = [];
  const { log } = console;
  require.cache[file] = { exports: fake } as NodeJS.Module;
  console.log = (text: string) => void said.push(text);
  try {
    work();
  } finally {
    console.log = log;
    delete require.cache[file];
    rmSync(folder, { recursive: true });
  }
  return said;
}

function fake(server: object = {}): Fake {
  const shown: object[] = [];
  const prototype = { handleShellMessage: async () => {}, ...server };
  return Object.assign(
    { lastWriteDisplayData: (content: object) => void shown.push(content), shown },
    { ZmqServer: { prototype }, JupyterHandlerImpl: { prototype: { handleExecuteImpl: async () => ({}) } } },
  );
}

const untouched = (kernel: Fake, before: object): void =>
  assert.deepEqual({ ...kernel.ZmqServer.prototype, ...kernel.JupyterHandlerImpl.prototype }, before);

for (const [version, server, why] of [
  ["1.0.30", {}, /it is tslab 1\.0\.30, and tslab 1\.0\.22 is known/],
  ["1.0.22", {}, /not built as expected \(its server reads messages in another way\)/],
  ["1.0.22", { handleShellMessage: undefined }, /not built as expected/],
] as const)
  test(`a tslab that differs is left alone, and that is said once: ${version}, ${Object.keys(server).length} changes`, () => {
    const kernel = fake(server);
    const before = { ...kernel.ZmqServer.prototype, ...kernel.JupyterHandlerImpl.prototype };
    const said = inKernel(version, kernel, () => {
      assert.equal(kernelComms(), undefined);
      assert.equal(kernelComms(), undefined);
      assert.equal(interruptSignal().aborted, false);
      assert.equal(writeOutput({ "text/plain": "still" }), true);
    });
    assert.equal(said.length, 1);
    assert.match(said[0], why);
    untouched(kernel, before);
  });

test("outside of a notebook there are no comms, and nothing is said", () => {
  assert.equal(kernelComms(), undefined);
  assert.equal(writeOutput({}), false);
  assert.equal(interruptSignal().aborted, false);
  onInterrupt(() => assert.fail())();
});
