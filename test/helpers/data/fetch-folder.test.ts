import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fetchFile } from "../../../src/helpers/data/fetch-file";
import { fetchFolder, type FolderOptions } from "../../../src/helpers/data/fetch-folder";
import { claimWorkFolder, publishFolder } from "../../../src/helpers/data/work-folder";
import type { Progress } from "../../../src/helpers/report";
import { withData } from "./make-files";
import { whileServingFiles, type Server } from "./serve-files";

/** Bytes that differ from file to file. */
function bytesOf(length: number, seed: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (i * 31 + (i >> 8) + seed) % 256));
}

const NAMES = Array.from({ length: 12 }, (_, i) => `part ${i}`);
const CONTENT = Object.fromEntries(NAMES.map((name, i) => [name, bytesOf(20_000, i)]));
const INDEX = Buffer.from(JSON.stringify(NAMES));
const files = (): Record<string, Buffer> => ({ "index.json": INDEX, ...CONTENT });

function optionsFor({ address }: Server, changes: Partial<FolderOptions> = {}): FolderOptions {
  return {
    index: "index.json",
    urlOf: (name) => `${address}/${encodeURIComponent(name)}`,
    list: (index) => {
      const names = JSON.parse(index.toString()) as string[];
      const listed = names.map((name) => ({ name, bytes: 20_000, maxBytes: 20_000 }));
      return { files: listed, totalBytes: 20_000 * names.length };
    },
    check: () => Promise.resolve(),
    maxBytes: 1e6,
    task: "Downloading parts",
    progress: () => {},
    backOffMs: 1,
    ...changes,
  };
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  await withData({}, work);
}

/** Runs with a server and an empty folder. */
async function withServer(work: (server: Server, folder: string) => Promise<void>): Promise<void> {
  await inFolder((folder) => whileServingFiles(files(), (server) => work(server, folder)));
}

async function assertWhole(target: string): Promise<void> {
  for (const [name, content] of Object.entries(files()))
    assert.ok(content.equals(await readFile(join(target, name))), name);
  assert.equal((await readdir(target)).length, 13, "nothing else is left in it");
}

test("a folder arrives whole, six files at a time, under one bar", () =>
  withServer(async (server, folder) => {
    const bars: Progress[] = [];
    const target = join(folder, "deep", "parts");
    assert.equal(await fetchFolder(target, optionsFor(server, { progress: (bar) => bars.push(bar) })), true);
    await assertWhole(target);
    assert.deepEqual(await readdir(join(folder, "deep")), ["parts"]);
    assert.equal(server.requests.length, 13);
    assert.ok(server.mostAtOnce > 1 && server.mostAtOnce <= 6, `${server.mostAtOnce} at once`);
    assert.deepEqual(bars.at(-1), {
      task: "Downloading parts",
      done: 240_000,
      total: 240_000,
      unit: "bytes",
    });
    assert.ok(bars.every(({ task, total }) => task === "Downloading parts" && total === 240_000));
  }));

test("a connection that breaks is taken up where it broke; no byte comes twice", () =>
  withServer(async (server, folder) => {
    server.breakAfter = ({ file, from }) => (file === "part 3" && from < 14_000 ? 7000 : undefined);
    await fetchFolder(join(folder, "parts"), optionsFor(server));
    await assertWhole(join(folder, "parts"));
    const third = server.requests.filter(({ file }) => file === "part 3");
    assert.deepEqual(
      third.map(({ from }) => from),
      [0, 7000, 14_000],
    );
    assert.equal(bytesSent(server), INDEX.length + 240_000);
  }));

test("what a failed download left is taken up by the next one", () =>
  withServer(async (server, folder) => {
    const target = join(folder, "parts");
    server.breakAfter = ({ file }) => (file === "part 3" ? 2000 : undefined);
    await assert.rejects(fetchFolder(target, optionsFor(server)), /^Error: part 3: terminated \(.+\)$/);
    assert.ok(!(await readdir(folder)).includes("parts"), "it appears whole or not at all");
    assert.equal(server.requests.filter(({ file }) => file === "part 3").length, 4, "four attempts");
    server.breakAfter = undefined;
    const before = server.requests.length;
    await fetchFolder(target, optionsFor(server));
    await assertWhole(target);
    const again = server.requests.slice(before);
    assert.deepEqual(again.find(({ file }) => file === "part 3")?.from, 8000);
    assert.ok(
      !again.some(({ file }) => file === "part 0" || file === "index.json"),
      "what is whole isn't asked for",
    );
    assert.deepEqual(await readdir(folder), ["parts"]);
  }));

test("a file that was replaced meanwhile is downloaded from its beginning", () =>
  withServer(async (server, folder) => {
    server.breakAfter = ({ file }) => {
      if (file !== "part 3" || server.requests.filter((one) => one.file === "part 3").length > 1)
        return undefined;
      server.files["part 3"] = Buffer.from(server.files["part 3"]).fill(7, 0, 10);
      return 7000;
    };
    await fetchFolder(join(folder, "parts"), optionsFor(server));
    const got = await readFile(join(folder, "parts", "part 3"));
    assert.ok(got.equals(server.files["part 3"]));
    const third = server.requests.filter(({ file }) => file === "part 3");
    assert.deepEqual(
      third.map(({ from }) => from),
      [0, 7000, 0],
    );
  }));

test("a server that knows no ranges sends all of it again", () =>
  withServer(async (server, folder) => {
    server.knowsRanges = false;
    server.breakAfter = ({ file }) =>
      file === "part 3" && server.requests.filter((one) => one.file === "part 3").length === 1
        ? 7000
        : undefined;
    await fetchFolder(join(folder, "parts"), optionsFor(server));
    await assertWhole(join(folder, "parts"));
    assert.equal(bytesSent(server), INDEX.length + 240_000 + 7000);
  }));

test("a busy server is asked again, after as long as it says; a refusal is final", () =>
  withServer(async (server, folder) => {
    const target = join(folder, "parts");
    const times: number[] = [];
    server.headers["retry-after"] = "1";
    server.status = ({ file }) => {
      if (file !== "part 3") return undefined;
      times.push(performance.now());
      return times.length === 1 ? 429 : undefined;
    };
    await fetchFolder(target, optionsFor(server));
    await assertWhole(target);
    assert.ok(times[1] - times[0] > 900, `${times[1] - times[0]} ms`);

    server.headers = {};
    server.requests.length = 0;
    server.status = ({ file }) => (file === "part 3" ? 503 : undefined);
    const work = fetchFolder(target, optionsFor(server));
    await assert.rejects(work, /part 3: the server answered 503 Service Unavailable/);
    assert.equal(server.requests.filter(({ file }) => file === "part 3").length, 4);
    await assertWhole(target); // the folder that stood there still does

    server.requests.length = 0;
    server.status = ({ file }) => (file === "part 3" ? 403 : undefined);
    await assert.rejects(
      fetchFolder(target, optionsFor(server)),
      /part 3: the server answered 403 Forbidden/,
    );
    assert.equal(server.requests.filter(({ file }) => file === "part 3").length, 1);
  }));

test("no index is false; a file that is missing or of another length is an error, and leaves nothing", () =>
  withServer(async (server, folder) => {
    const target = join(folder, "parts");
    delete server.files["index.json"];
    assert.equal(await fetchFolder(target, optionsFor(server)), false);
    assert.equal(server.requests.length, 1, "404 is not tried again");
    server.files["index.json"] = INDEX;
    server.files["part 3"] = bytesOf(20_001, 3);
    await assert.rejects(
      fetchFolder(target, optionsFor(server)),
      /part 3: it has 20001 bytes instead of 20000/,
    );
    delete server.files["part 3"];
    await assert.rejects(fetchFolder(target, optionsFor(server)), /part 3: it is missing/);
    server.files["part 3"] = CONTENT["part 3"];
    const check = (): Promise<void> => Promise.reject(new Error("the checksum is wrong"));
    await assert.rejects(fetchFolder(target, optionsFor(server, { check })), /the checksum is wrong/);
    assert.deepEqual(await readdir(folder), []);
  }));

test("more than the limit is refused before it is downloaded", () =>
  withServer(async (server, folder) => {
    const target = join(folder, "parts");
    const work = fetchFolder(target, optionsFor(server, { maxBytes: 239_000 }));
    await assert.rejects(work, /it is 0.24 MB large, and 0.239 MB are allowed/);
    assert.equal(server.requests.length, 1);
    await assert.rejects(
      fetchFolder(target, optionsFor(server, { maxBytes: 10 })),
      /it is longer than the 10 bytes that are allowed/,
    );
  }));

test("the signal stops all files, with its reason; two who want the same share one download", () =>
  withServer(async (server, folder) => {
    const stop = new AbortController();
    const progress = (): void => stop.abort();
    const stopped = fetchFolder(join(folder, "parts"), optionsFor(server, { signal: stop.signal, progress }));
    await assert.rejects(stopped, { name: "AbortError" });
    assert.ok(server.requests.length < 13);
    server.requests.length = 0;
    const both = [1, 2].map(() => fetchFolder(join(folder, "other"), optionsFor(server)));
    assert.deepEqual(await Promise.all(both), [true, true]);
    assert.equal(server.requests.length, 13);
  }));

function bytesSent({ requests }: Server): number {
  return requests.reduce((sum, { sent }) => sum + sent, 0);
}

test("a whole partial file gets its name without another request; a damaged note starts anew", () =>
  withServer(async (server, folder) => {
    const path = join(folder, "part 3");
    const wanted = { url: `${server.address}/part%203`, path, bytes: 20_000, maxBytes: 20_000 };
    await writeFile(`${path}.partial`, CONTENT["part 3"]);
    await writeFile(`${path}.partial.json`, JSON.stringify({ from: 0, total: 20_000 }));
    assert.equal(await fetchFile(wanted), true);
    assert.equal(server.requests.length, 0);
    await writeFile(`${path}.partial`, "something else");
    await writeFile(`${path}.partial.json`, "{");
    await fetchFile({ ...wanted, path: `${path}x` });
    assert.deepEqual(server.requests, [{ file: "part 3", from: 0, sent: 20_000 }]);
    // A file that is longer than the server's: there is no such range.
    await writeFile(`${path}y.partial`, bytesOf(30_000, 0));
    await writeFile(`${path}y.partial.json`, JSON.stringify({ from: 0, total: 40_000 }));
    await fetchFile({ ...wanted, path: `${path}y`, bytes: undefined, maxBytes: 50_000 });
    assert.ok(CONTENT["part 3"].equals(await readFile(`${path}y`)));
  }));

test("a dead process's folder is taken over, a living one's is not, an old one goes", () =>
  inFolder(async (folder) => {
    const target = join(folder, "parts");
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const nameOf = (pid: number, kind = "abc"): string => `parts.${kind}.${pid}.${hostname()}.partial`;
    for (const name of [nameOf(dead), nameOf(process.ppid), nameOf(dead, "other")]) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, "part"), name);
    }
    await mkdir(join(folder, "parts.abc.1.elsewhere.partial"));
    const long = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
    await utimes(join(folder, "parts.abc.1.elsewhere.partial"), long, long);
    const work = await claimWorkFolder(target, "abc");
    assert.equal(await readFile(join(work, "part"), "utf8"), nameOf(dead));
    assert.deepEqual(
      (await readdir(folder)).sort(),
      [nameOf(process.pid), nameOf(process.ppid), nameOf(dead, "other")].sort(),
    );
    await publishFolder(work, target);
    const second = await claimWorkFolder(target, "abc");
    await writeFile(join(second, "newer"), "");
    await publishFolder(second, target);
    assert.deepEqual(await readdir(target), ["newer"]);
    await assert.rejects(stat(second));
  }));
