import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { promises as fs } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { tf } from "../../../src/helpers/engine/tf";
import { findSet } from "../../../src/helpers/data/find-set";
import type { RawSet } from "../../../src/helpers/data/raw-set";
import { md5, tarOf, tinyFiles, tinySource, whileServing, withData } from "./make-files";

/** Writes the tiny set's files, or these instead, into the mirror of a folder. */
async function mirrorIn(folder: string, files: Record<string, Uint8Array> = tinyFiles()): Promise<string> {
  const mirror = join(folder, "mirror");
  await fs.mkdir(join(mirror, "tiny"), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await fs.writeFile(join(mirror, "tiny", name), bytes);
  return (process.env.TRANSFER_LAB_MIRROR = mirror);
}

function assertTiny(raw: RawSet | undefined): void {
  assert.ok(raw);
  assert.deepEqual([...raw.train.labels], [0, 1, 0, 1]);
  assert.deepEqual(
    [...raw.train.images],
    Array.from({ length: 16 }, (_, i) => i * 10),
  );
  assert.deepEqual([...raw.test.images], [160, 170, 180, 190, 200, 210, 220, 230]);
}

const cacheOf = (folder: string): Promise<string[]> => fs.readdir(join(folder, "cache"));

test("mirror, then cache: the second time nothing but the cache is needed", async () => {
  const lines = await withData({}, async (folder) => {
    await mirrorIn(folder);
    assertTiny((await findSet(tinySource())).raw);
    assert.deepEqual(await cacheOf(folder), ["tiny.bin"]);
    await fs.rm(join(folder, "mirror"), { recursive: true });
    assertTiny((await findSet(tinySource())).raw);
  });
  assert.deepEqual(lines, []);
});

test("an http mirror and a public address", async () => {
  const files: Record<string, Buffer> = tinyFiles();
  const asked: string[] = [];
  await whileServing(
    (request, response) => {
      asked.push(request.url!);
      const file = files[request.url!.split("/").pop()!];
      if (file && request.url!.startsWith("/public")) return response.end(file);
      if (file && request.url!.startsWith("/mirror/tiny/")) return response.end(file);
      response.writeHead(404).end();
    },
    async (address) => {
      await withData({ TRANSFER_LAB_MIRROR: `${address}/mirror/` }, async () => {
        assertTiny((await findSet(tinySource())).raw);
      });
      assert.deepEqual(asked.splice(0), ["/mirror/tiny/images.gz", "/mirror/tiny/labels.gz"]);
      await withData({ TRANSFER_LAB_MIRROR: `${address}/empty` }, async () => {
        assertTiny((await findSet(tinySource([`${address}/gone/`, `${address}/public/`]))).raw);
      });
      assert.deepEqual(asked, [
        "/empty/tiny/images.gz",
        "/empty/tiny/tiny-images.tar.gz",
        "/gone/images.gz",
        "/public/images.gz",
        "/public/labels.gz",
      ]);
    },
  );
});

test("offline: neither cache nor mirror is looked at", async () => {
  await withData({}, async (folder) => {
    await mirrorIn(folder);
    await findSet(tinySource());
    process.env.TRANSFER_LAB_PROFILE = "offline";
    const { raw, tried } = await findSet(tinySource());
    assert.equal(raw, undefined);
    assert.match(tried!.join(), /TRANSFER_LAB_PROFILE=offline/);
  });
});

test("nothing to be had: each place is named with its reason", async () => {
  await withData({}, async (folder) => {
    const { tried } = await findSet(tinySource(["http://127.0.0.1:9/"]));
    assert.equal(tried!.length, 3);
    assert.match(tried![0], /^the cache, .*cache: not there$/);
    assert.equal(tried![1], "a mirror: TRANSFER_LAB_MIRROR is not set");
    assert.match(tried![2], /^http:\/\/127.0.0.1:9\/: fetch failed/);
    await assert.rejects(cacheOf(folder), { code: "ENOENT" }, "nothing is written");
  });
});

test("damaged files of a mirror are reported and passed over, never kept", async () => {
  const good = tinyFiles();
  const damaged = Buffer.from(good["labels.gz"]);
  damaged[20] ^= 1;
  const cases: [Record<string, Uint8Array>, RegExp][] = [
    [
      { ...good, "labels.gz": damaged },
      new RegExp(
        `labels.gz has the wrong checksum: MD5 ${md5(damaged)} instead of ${md5(good["labels.gz"])}`,
      ),
    ],
    [{ "images.gz": good["images.gz"] }, /labels.gz is missing, though images.gz is there/],
    [{ ...good, "images.gz": good["images.gz"].subarray(0, 30) }, /images.gz has the wrong checksum/],
    [{ "tiny.tar.gz": gzipSync(tarOf([])).subarray(0, 20) }, /tiny.tar.gz: unexpected end of file/],
    [{ "tiny.tar.gz": Buffer.from("<html>") }, /tiny.tar.gz: it is not a gzip file/],
    [
      { "tiny.tar.gz": gzipSync(tarOf([["train/even/0.jpg", Buffer.from("x")]])) },
      /tiny.tar.gz: Cannot decode train\/even\/0.jpg/,
    ],
  ];
  for (const [files, why] of cases) {
    const lines = await withData({}, async (folder) => {
      const mirror = await mirrorIn(folder, files);
      const { raw, tried } = await findSet(tinySource());
      assert.equal(raw, undefined);
      assert.ok(tried![1].startsWith(`the mirror, ${join(mirror, "tiny")}: `), tried![1]);
      assert.match(tried![1], why);
      await assert.rejects(cacheOf(folder), { code: "ENOENT" });
    });
    assert.equal(lines.length, 1);
    assert.match(lines[0], why);
  }
});

test("the checksum may be that of the content, whatever its wrapper", async () => {
  const source = tinySource();
  const content = (file: "images.gz" | "labels.gz"): Buffer => gunzipSync(tinyFiles()[file]);
  source.files = (["images.gz", "labels.gz"] as const).map((name) => ({
    name,
    contentMd5: md5(content(name)),
  }));
  await withData({}, async (folder) => {
    const wrapped = gzipSync(content("images.gz"), { level: 0 });
    await mirrorIn(folder, { ...tinyFiles(), "images.gz": wrapped });
    assertTiny((await findSet(source)).raw);
  });
  await withData({}, async (folder) => {
    const other = content("images.gz");
    other[other.length - 1]++;
    await mirrorIn(folder, { ...tinyFiles(), "images.gz": gzipSync(other) });
    const { tried } = await findSet(source);
    assert.match(tried![1], /images.gz: its content has the wrong checksum: MD5 \w+ instead of \w+/);
  });
});

test("an archive of pictures in folders stands for the published files, if it is whole", async () => {
  const pixel = async (value: number): Promise<Uint8Array> => {
    const picture = tf.fill([2, 2, 1], value, "int32") as tf.Tensor3D;
    const png = await tf.node.encodePng(picture);
    picture.dispose();
    return png;
  };
  const files: [string, Uint8Array][] = [];
  for (const [part, name] of [
    ["train", "0"],
    ["train", "1"],
    ["test", "0"],
  ])
    for (const className of ["even", "odd"])
      files.push([`${part}/${className}/${name}.png`, await pixel(files.length * 40)]);
  await withData({}, async (folder) => {
    await mirrorIn(folder, { "any-name.tar.gz": gzipSync(tarOf(files)) });
    const { raw } = await findSet(tinySource());
    assert.deepEqual([...raw!.train.labels], [0, 1, 0, 1]);
    assert.deepEqual(
      [0, 4, 8, 12].map((i) => raw!.train.images[i]),
      [0, 40, 80, 120],
    );
    assert.deepEqual(
      [0, 4].map((i) => raw!.test.images[i]),
      [160, 200],
    );
  });
  await withData({}, async (folder) => {
    await mirrorIn(folder, { "any-name.tar.gz": gzipSync(tarOf(files.slice(1))) });
    assert.match(
      (await findSet(tinySource())).tried![1],
      /training part has 3 images and 3 labels instead of 4/,
    );
  });
});

test("a set whose labels are outside its classes, or that lacks a class, is refused", async () => {
  for (const [classes, why] of [
    [["even"], /Cannot use label 1 of example 1/],
    [["even", "odd", "neither"], /there is none of "neither"/],
  ] as const)
    await withData({}, async (folder) => {
      await mirrorIn(folder);
      const { tried } = await findSet({ ...tinySource(), classes: [...classes] });
      assert.match(tried![1], why);
    });
});

test("a damaged cache is never believed: it is made anew, and said", async () => {
  const damages: [string, (file: Buffer) => Uint8Array, RegExp][] = [
    ["a bit flipped in a pixel", (file) => ((file[file.length - 20] ^= 1), file), /checksum is wrong/],
    [
      "a bit flipped in a class name",
      (file) => ((file[file.indexOf("even")] ^= 1), file),
      /checksum is wrong/,
    ],
    ["cut off", (file) => file.subarray(0, file.length - 1), /checksum is wrong/],
    ["cut off in its head", (file) => file.subarray(0, 40), /checksum is wrong/],
    ["empty", () => Buffer.alloc(0), /of another format/],
    ["foreign", () => Buffer.from("PK\x03\x04 something else".repeat(20)), /of another format/],
  ];
  for (const [name, damage, why] of damages) {
    const lines = await withData({}, async (folder) => {
      await mirrorIn(folder);
      await findSet(tinySource());
      const path = join(folder, "cache", "tiny.bin");
      const good = await fs.readFile(path);
      await fs.writeFile(path, damage(Buffer.from(good)));
      assertTiny((await findSet(tinySource())).raw);
      assert.ok(good.equals(await fs.readFile(path)), `${name}: the cache is whole again`);
    });
    assert.equal(lines.length, 1, name);
    assert.match(lines[0], /^The cached copy of tiny cannot be used: /);
    assert.match(lines[0], why, name);
  }
});

test("a cache file of another set is not this one's", async () => {
  const lines = await withData({}, async (folder) => {
    await mirrorIn(folder);
    await findSet({ ...tinySource(), classes: ["odd", "even"] });
    assertTiny((await findSet(tinySource())).raw);
  });
  assert.match(lines.join(), /it is another set's/);
});

test("a damaged cache with nothing to make it of is an error, not data", async () => {
  await withData({}, async (folder) => {
    await fs.mkdir(join(folder, "cache"));
    await fs.writeFile(join(folder, "cache", "tiny.bin"), "nonsense");
    const { raw, tried } = await findSet(tinySource());
    assert.equal(raw, undefined);
    assert.match(tried![0], /^the cache, .*: it is of another format$/);
  });
});

test("a full disk: the set is there all the same, one line says so, nothing is left", async (t) => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  const realOpen = fs.open;
  t.mock.method(fs, "open", async (...args: Parameters<typeof fs.open>) => {
    const file = await realOpen(...args);
    let writes = 0;
    t.mock.method(file, "writeFile", async (bytes: Uint8Array) => {
      if (++writes > 4) throw full; // the disk fills up in the middle
      await file.write(bytes);
    });
    return file;
  });
  const lines = await withData({}, async (folder) => {
    await mirrorIn(folder);
    assertTiny((await findSet(tinySource())).raw);
    assert.deepEqual(await cacheOf(folder), []);
  });
  assert.deepEqual(lines, [
    "tiny could not be kept in the cache, so it will be read anew next time: ENOSPC: no space left on device, write.",
  ]);
});

test("a cache that can't be made is no obstacle", async () => {
  const lines = await withData({}, async (folder) => {
    await mirrorIn(folder);
    await fs.writeFile(join(folder, "cache"), "a file in the way");
    assertTiny((await findSet(tinySource())).raw);
  });
  assert.match(lines.at(-1)!, /could not be kept in the cache/);
});

test("what a killed process left half-written goes after a day, not before", async () => {
  await withData({}, async (folder) => {
    await mirrorIn(folder);
    await fs.mkdir(join(folder, "cache"));
    const [old, young] = ["tiny.bin.1.partial", "tiny.bin.2.partial"].map((name) =>
      join(folder, "cache", name),
    );
    await Promise.all([fs.writeFile(old, "half"), fs.writeFile(young, "half")]);
    const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
    await fs.utimes(old, yesterday, yesterday);
    await findSet(tinySource());
    assert.deepEqual((await cacheOf(folder)).sort(), ["tiny.bin", "tiny.bin.2.partial"]);
  });
});

test("the signal stops the search and leaves nothing", async () => {
  await whileServing(
    (_, response) => void response.write("slow"),
    async (address) => {
      await withData({}, async (folder) => {
        const stop = new AbortController();
        const work = findSet(tinySource([`${address}/`]), {
          signal: stop.signal,
          progress: () => stop.abort(),
        });
        await assert.rejects(work, { name: "AbortError" });
        await assert.rejects(cacheOf(folder), { code: "ENOENT" });
      });
    },
  );
});

test("processes that load at once all get the right set", async () => {
  await withData({}, async (folder) => {
    await mirrorIn(folder);
    const program = `
      const { findSet } = require(${JSON.stringify(join(__dirname, "../../../src/helpers/data/find-set"))});
      const { tinySource } = require(${JSON.stringify(join(__dirname, "make-files"))});
      (async () => {
        for (let i = 0; i < 20; i++) {
          const { raw, tried } = await findSet(tinySource());
          if (!raw || raw.test.images[7] !== 230) throw new Error(String(tried));
          if (i % 3 === 0) require("node:fs").rmSync(process.env.TRANSFER_LAB_CACHE + "/tiny.bin", { force: true });
        }
      })();`;
    const run = (): Promise<{ code: number | null; said: string }> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, ["--import", "tsx", "-e", program]);
        let said = "";
        child.stdout.on("data", (text) => (said += text));
        child.stderr.on("data", (text) => (said += text));
        child.on("close", (code) => resolve({ code, said }));
      });
    for (const { code, said } of await Promise.all([run(), run()])) {
      assert.equal(code, 0, said);
      assert.doesNotMatch(said, /cannot be used|could not be kept/);
    }
    assert.deepEqual(
      (await cacheOf(folder)).filter((name) => name.includes("partial")),
      [],
    );
  });
});
