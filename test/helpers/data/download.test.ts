import assert from "node:assert/strict";
import { test } from "node:test";
import { download } from "../../../src/helpers/data/download";
import type { Progress } from "../../../src/helpers/report";
import { whileServing } from "./make-files";

const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
const task = "Downloading tiny";

test("a download arrives whole, with a bar", async () => {
  await whileServing(
    (request, response) => {
      assert.equal(request.headers["accept-encoding"], "identity");
      response.setHeader("content-length", content.length).end(content);
    },
    async (address) => {
      const bars: Progress[] = [];
      const bytes = await download(`${address}/a`, { task, progress: (bar) => bars.push(bar) });
      assert.ok(content.equals(bytes!));
      assert.deepEqual(bars.at(-1), { task, done: 100_000, total: 100_000, unit: "bytes" });
    },
  );
});

test("a connection that breaks is taken up where it broke", async () => {
  const asked: (string | undefined)[] = [];
  await whileServing(
    (request, response) => {
      asked.push(request.headers.range);
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "bytes=0-")![1]);
      response.statusCode = from > 0 ? 206 : 200;
      if (from > 0) response.setHeader("content-range", `bytes ${from}-99999/100000`);
      response.setHeader("content-length", content.length - from);
      if (asked.length === 3) return response.end(content.subarray(from));
      response.write(content.subarray(from, from + 30_000), () => setTimeout(() => response.destroy(), 50));
    },
    async (address) => {
      assert.ok(content.equals((await download(`${address}/a`, { task, progress: () => {} }))!));
      assert.equal(asked[0], undefined);
      assert.equal(asked.length, 3);
      assert.match(asked[2]!, /^bytes=\d+-$/);
    },
  );
});

test("a server that knows no ranges sends all of it again", async () => {
  let requests = 0;
  await whileServing(
    (_, response) => {
      response.setHeader("content-length", content.length);
      if (++requests > 1) return response.end(content);
      response.write(content.subarray(0, 30_000), () => setTimeout(() => response.destroy(), 50));
    },
    async (address) =>
      assert.ok(content.equals((await download(`${address}/a`, { task, progress: () => {} }))!)),
  );
});

test("a connection that always breaks fails after three attempts", async () => {
  let requests = 0;
  await whileServing(
    (_, response) => {
      requests++;
      response.setHeader("content-length", content.length);
      response.write(content.subarray(0, 30_000), () => setTimeout(() => response.destroy(), 50));
    },
    async (address) => {
      await assert.rejects(download(`${address}/a`, { task, progress: () => {} }), /terminated \(.+\)/);
      assert.equal(requests, 3);
    },
  );
});

test("no such file is undefined; a refusal and a closed door are errors", async () => {
  let closed = "";
  await whileServing(
    () => assert.fail("nobody asks"),
    (address) => Promise.resolve(void (closed = address)),
  );
  await whileServing(
    (request, response) => {
      response.statusCode = request.url === "/none" ? 404 : 503;
      response.end("<html>");
    },
    async (address) => {
      assert.equal(await download(`${address}/none`, { task }), undefined);
      await assert.rejects(
        download(`${address}/busy`, { task }),
        /the server answered 503 Service Unavailable/,
      );
    },
  );
  await assert.rejects(download(`${closed}/a`, { task }), /fetch failed \(ECONNREFUSED\)/);
});

test("a silent server is given up, before and in the middle of a file", async () => {
  await whileServing(
    (request, response) => {
      response.setHeader("content-length", content.length);
      if (request.url === "/half") response.write(content.subarray(0, 10));
    },
    async (address) => {
      const wait = { task, progress: () => {}, timeoutMs: 100 };
      await assert.rejects(download(`${address}/nothing`, wait), /nothing arrived for 0.1 s/);
      await assert.rejects(download(`${address}/half`, wait), /nothing arrived for 0.1 s/);
    },
  );
});

test("a slow server that keeps sending is waited for", async () => {
  await whileServing(
    (_, response) => {
      let sent = 0;
      const send = (): void => {
        if (sent === 10) return void response.end();
        response.write(content.subarray(sent * 10, ++sent * 10));
        setTimeout(send, 110);
      };
      send();
    },
    async (address) => {
      const bytes = await download(`${address}/a`, { task, progress: () => {}, timeoutMs: 1000 });
      assert.ok(content.subarray(0, 100).equals(bytes!)); // 1100 ms in all, never silent for 1000
    },
  );
});

test("the signal stops a download, with the signal's reason", async () => {
  await whileServing(
    (_, response) => void response.write(content),
    async (address) => {
      const stop = new AbortController();
      const work = download(`${address}/a`, { task, signal: stop.signal, progress: () => stop.abort() });
      await assert.rejects(work, { name: "AbortError" });
    },
  );
});
