import { test } from "node:test";
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inBareCheckout, load, root } from "./load";

interface Run {
  run(command: string, args: string[], options?: { timeoutMs?: number }): Promise<string>;
  mustRun(failed: string, command: string, args: string[], options: { remedy: string }): Promise<string>;
  tail(output: string, lines?: number): string;
  isNetworkTrouble(output: string): boolean;
}

test("Node 20.19 to 22 is accepted; older and newer are refused, with the version found", async () => {
  const { checkNode } = await load<{ checkNode(version: string): string }>("setup/tools.mjs");
  for (const version of ["20.19.0", "21.7.0", "22.99.1"]) assert.equal(checkNode(version), version);
  for (const version of ["18.20.8", "20.18.9", "23.0.0"])
    assert.throws(() => checkNode(version), new RegExp(`Node.js ${version} was found`));
});

test("a program that hangs is stopped, and one that fails tells the end of its output", async () => {
  const { run, mustRun } = await load<Run>("setup/run.mjs");
  const hang = run(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { timeoutMs: 300 });
  await assert.rejects(hang, { timedOut: true });
  const fails = 'console.log("first"); console.error("the reason"); process.exit(3)';
  await assert.rejects(mustRun("It failed.", process.execPath, ["-e", fails], { remedy: "Do this." }), {
    failed: "It failed.",
    why: `first\nthe reason\n${process.execPath} ended with exit code 3.`,
    remedy: "Do this.",
  });
});

test("the tail keeps what says something: no blanks, no redrawn bars, no stack traces", async () => {
  const { tail } = await load<Run>("setup/run.mjs");
  assert.equal(tail("a\n\n10 %\r100 %\nnpm error     at emit (node:1)\nb\n", 2), "100 %\nb");
});

test("a network that is missing is told from other troubles", async () => {
  const { isNetworkTrouble } = await load<Run>("setup/run.mjs");
  for (const output of [
    "npm error code ECONNREFUSED",
    "npm error network request to x failed, reason: getaddrinfo EAI_AGAIN x",
    "connection broken by 'NewConnectionError(...)'",
    "ReadTimeoutError: Read timed out. (read timeout=30)",
  ])
    assert.ok(isNetworkTrouble(output), output);
  assert.ok(!isNetworkTrouble("npm error code EUSAGE: package.json and package-lock.json are not in sync"));
});

test("every Python package is pinned with a checksum", () => {
  const text = readFileSync(join(root, "scripts", "requirements.txt"), "utf8").replace(/^#.*\n/gm, "");
  const entries = text.split(/\n(?=\S)/);
  for (const entry of entries) assert.match(entry, /^[\w.-]+==[\w.]+ .*--hash=sha256:[0-9a-f]{64}/s);
  for (const pin of ["anywidget==0.11.0", "jupyterlab==4.6.6", "nbclient==0.11.0", "nbformat==5.11.1"])
    assert.ok(
      entries.some((entry) => entry.startsWith(`${pin} `)),
      pin,
    );
});

test("in a bare checkout without Python, set-up ends with one message: what, why, what to do", () =>
  inBareCheckout(async (folder) => {
    const none = join(folder, "no-tools");
    mkdirSync(none);
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "scripts", "setup.mjs")], {
      encoding: "utf8",
      env: { PATH: none },
    });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^\n✗ No usable Python was found\.\n {2}Why: +None of .*\n {2}What to do: Install Python/,
    );
    assert.equal(stderr.match(/✗/g)?.length, 1);
  }));

test("two set-ups of one checkout take turns, also after one that was killed", () =>
  inBareCheckout(async (folder) => {
    mkdirSync(join(folder, ".setup"));
    // The number of a process that has just ended.
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(folder, ".setup", "lock"), String(dead));
    const program = `
      import { appendFileSync } from "node:fs";
      import { alone } from ${JSON.stringify(join(folder, "scripts", "setup", "lock.mjs"))};
      await alone(async () => {
        appendFileSync("log", "in ");
        await new Promise((resolve) => setTimeout(resolve, 400));
        appendFileSync("log", "out ");
      });`;
    const one = (): Promise<number | null> =>
      new Promise((resolve) => {
        const args = ["--input-type=module", "-e", program];
        spawn(process.execPath, args, { cwd: folder, stdio: "ignore" }).on("close", resolve);
      });
    assert.deepEqual(await Promise.all([one(), one()]), [0, 0]);
    assert.equal(readFileSync(join(folder, "log"), "utf8"), "in out in out ");
  }));

test("TensorFlow starts without a word, and its errors reach JavaScript", () => {
  const program = `
    const tf = require("@tensorflow/tfjs-node");
    try {
      tf.node.decodePng(new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 1, 2, 3]));
    } catch (error) {
      console.log(error.message.includes("Invalid PNG") ? "refused" : error.message);
    }`;
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
  const args = ["--no-deprecation", "-e", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8" });
  assert.equal(stderr, "");
  assert.equal(stdout, "refused\n");
});

test("Jupyter reads and writes inside the checkout only", async () => {
  const { jupyterEnv } = await load<{ jupyterEnv(env: object): Record<string, string> }>("setup/jupyter.mjs");
  const env = jupyterEnv({ PYTHONPATH: "/elsewhere", JUPYTER_CONFIG_DIR: "/elsewhere" });
  assert.equal(env.PYTHONPATH, undefined);
  for (const [name, value] of Object.entries(env))
    if (/^(JUPYTER|IPYTHON)/.test(name) && value !== "1")
      assert.ok(value.startsWith(root), `${name}=${value}`);
});
