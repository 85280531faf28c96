import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import * as tar from "tar-stream";
import { addEntry, MAX_ENTRIES, type Entry, type FileSource } from "../../../src/helpers/data/file-source";
import { nameOfPlace, openPictureFiles } from "../../../src/helpers/data/picture-files";
import { until } from "../until";
import { tarOf } from "./make-files";
import { withFolder, zipOf, type ZipEntry } from "./make-pictures";

const text = (words: string): Buffer => Buffer.from(words);

/** What a source says of each file: its content, or why there is none. */
async function contentsOf(source: FileSource): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const wanted = new Set<number>();
  source.entries.forEach(({ path, kind, refused }, index) => {
    if (refused) found[path] = `refused: ${refused}`;
    else if (kind === "file") wanted.add(index);
  });
  for await (const content of source.contents(wanted))
    found[source.entries[content.index].path] =
      "bytes" in content ? Buffer.from(content.bytes).toString() : `problem: ${content.problem}`;
  source.close();
  return found;
}

async function read(name: string, bytes: Uint8Array): Promise<Record<string, string>> {
  let found!: Record<string, string>;
  await withFolder({ [name]: bytes, "outside/keep": "as it was" }, async (folder) => {
    try {
      found = await contentsOf(await openPictureFiles(join(folder, name)));
    } finally {
      const after = readdirSync(folder, { recursive: true }).map(String).sort();
      assert.deepEqual(after, [name, "outside", "outside/keep"].sort(), "something was written");
    }
  });
  return found;
}

/** A tar archive with members of any type. */
async function tarWith(members: [tar.Header | object, string?][]): Promise<Buffer> {
  const pack = tar.pack();
  for (const [header, content] of members) pack.entry(header as tar.Header, content ?? "");
  pack.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of pack) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

test("a folder, a zip, a tar and a gzipped tar hold the same", async () => {
  const files: [string, Buffer][] = [
    ["cats/1.jpg", text("one")],
    ["cats/deep/2.jpg", text("two".repeat(50_000))],
    ["dogs/ü.jpg", text("")],
  ];
  const expected = Object.fromEntries(files.map(([path, bytes]) => [path, bytes.toString()]));
  await withFolder(Object.fromEntries(files), async (folder) =>
    assert.deepEqual(await contentsOf(await openPictureFiles(folder)), expected),
  );
  const entries = files.map(([path, bytes], i) => ({ path, bytes, stored: i === 0 }));
  assert.deepEqual(await read("photos.zip", zipOf(entries)), expected);
  assert.deepEqual(await read("photos.tar", tarOf(files)), expected);
  assert.deepEqual(await read("photos.tgz", gzipSync(tarOf(files))), expected);
  assert.deepEqual(await read("wrong-name.zip", gzipSync(tarOf(files))), expected, "the content tells");
});

test("zip: zip64, names in several codes, and files that can't be read", async () => {
  const bytes = text("a cat");
  const entries: ZipEntry[] = [
    { path: "a/64.jpg", bytes, zip64: true },
    { path: "a\\windows.jpg", bytes },
    { path: Buffer.from("a/\u00e9.jpg"), bytes }, // UTF-8 that doesn't say so
    { path: Buffer.from([0x61, 0x2f, 0x81, 0x2e, 0x6a, 0x70, 0x67]), bytes: text("old") }, // code page 437
    { path: "a/", bytes: text("") },
    { path: "a/secret.jpg", bytes, encrypted: true },
    { path: "a/link.jpg", bytes: text("/etc/passwd"), mode: 0o120777 },
    { path: "a/lzma.jpg", bytes, method: 14 },
    { path: "a/crc.jpg", bytes, crc: 7 },
    { path: "a/longer.jpg", bytes, size: 4 },
    { path: "a/shorter.jpg", bytes, size: 6 },
    { path: "a/vast.jpg", bytes, size: 200e6 },
    { path: "../../evil.jpg", bytes },
    { path: "/etc/evil.jpg", bytes },
    { path: "C:\\evil.jpg", bytes },
    { path: "a/b/../../../evil.jpg", bytes },
  ];
  const found = await read("photos.zip", zipOf(entries));
  const outside = "refused: its path leads out of the archive";
  assert.deepEqual(
    {
      ...found,
      "a/longer.jpg": found["a/longer.jpg"].slice(0, 26),
      "a/shorter.jpg": found["a/shorter.jpg"].slice(0, 26),
    },
    {
      "a/64.jpg": "a cat",
      "a/windows.jpg": "a cat",
      "a/\u00e9.jpg": "a cat",
      "a/\u00fc.jpg": "old",
      "a/secret.jpg": "refused: it is encrypted",
      "a/link.jpg": "refused: it is a link",
      "a/lzma.jpg": "refused: it is packed by method 14; stored and deflated files are read",
      "a/crc.jpg": "problem: it cannot be unpacked (its checksum is wrong)",
      "a/longer.jpg": "problem: it cannot be unpa",
      "a/shorter.jpg": "problem: it cannot be unpa",
      "a/vast.jpg": "refused: it has 200 MB; pictures of up to 100 MB are read",
      "../../evil.jpg": outside,
      "/etc/evil.jpg": outside,
      "C:/evil.jpg": outside,
      "a/b/../../../evil.jpg": outside,
    },
  );
});

test("tar: links, devices and long names", async () => {
  const long = `a/${"long".repeat(60)}.jpg`;
  const bytes = await tarWith([
    [{ name: "a/", type: "directory" }],
    [{ name: long }, "long"],
    [{ name: "./a/dot.jpg" }, "dot"],
    [{ name: "a/soft.jpg", type: "symlink", linkname: "/etc/passwd" }],
    [{ name: "a/hard.jpg", type: "link", linkname: "../../outside/keep" }],
    [{ name: "a/null.jpg", type: "character-device" }],
    [{ name: "a/pipe.jpg", type: "fifo" }],
    [{ name: "../outside/keep" }, "evil"],
    [{ name: "/tmp/evil.jpg" }, "evil"],
    [{ name: "a/dot.jpg" }, "again"],
    [{ name: "a/".repeat(5000) + "deep.jpg" }, "deep"],
  ]);
  const outside = "refused: its path leads out of the archive";
  for (const [name, archive] of [
    ["a.tar", bytes],
    ["a.tar.gz", gzipSync(bytes)],
  ] as const)
    assert.deepEqual(await read(name, archive), {
      [long]: "long",
      "a/soft.jpg": "refused: it is a link",
      "a/hard.jpg": "refused: it is a link",
      "a/null.jpg": "refused: it is no regular file",
      "a/pipe.jpg": "refused: it is no regular file",
      "../outside/keep": outside,
      "/tmp/evil.jpg": outside,
      "a/dot.jpg": "dot",
      [`${"a/".repeat(20)}…`]: "refused: its path is too long",
    });
});

test("the first of two files with one path is taken", async () => {
  const zip = zipOf([
    { path: "a/1.jpg", bytes: text("first") },
    { path: "a/1.jpg", bytes: text("second") },
  ]);
  await withFolder({ "a.zip": zip }, async (folder) => {
    const source = await openPictureFiles(join(folder, "a.zip"));
    assert.deepEqual(
      source.entries.map(({ refused }) => refused),
      [undefined, "an earlier file has the same path"],
    );
    source.close();
  });
});

test("a folder: links are followed, but not in circles; a pipe is not waited for", async () => {
  await withFolder({ "photos/cats/1.jpg": "one", "elsewhere/dogs/2.jpg": "two" }, async (folder) => {
    const photos = join(folder, "photos");
    await symlink(join(folder, "elsewhere/dogs"), join(photos, "dogs"));
    await symlink(photos, join(photos, "cats/round"));
    await symlink("nowhere", join(photos, "cats/broken.jpg"));
    await symlink("/dev/zero", join(photos, "cats/endless.jpg"));
    assert.deepEqual(await contentsOf(await openPictureFiles(photos)), {
      "cats/1.jpg": "one",
      "dogs/2.jpg": "two",
      "cats/broken.jpg": "refused: it cannot be read (ENOENT)",
      "cats/endless.jpg": "refused: it is no regular file",
    });
  });
});

test("damaged archives, bombs and other things are refused", async () => {
  const files: [string, Buffer][] = [
    ["a/1.jpg", text("one".repeat(900))],
    ["b/2.jpg", text("two".repeat(900))],
  ];
  const refuse = (name: string, bytes: Uint8Array, why: RegExp): Promise<void> =>
    assert.rejects(read(name, bytes), why);
  const zip = zipOf(files.map(([path, bytes]) => ({ path, bytes })));
  const tarred = tarOf(files);
  await refuse(
    "a.zip",
    zip.subarray(0, zip.length - 30),
    /Cannot read a.zip: the archive is damaged or cut off \(/,
  );
  await refuse(
    "a.tar",
    tarred.subarray(0, 2000),
    /Cannot read a.tar: the archive is damaged or cut off \(Unexpected end/,
  );
  const zipped = gzipSync(tarred);
  await refuse(
    "a.tgz",
    zipped.subarray(0, zipped.length - 20),
    /Cannot read a.tgz: the archive is damaged or cut off \(/,
  );
  await refuse("a.gz", gzipSync("a text"), /Cannot read a.gz: the archive is damaged/);
  await refuse(
    "a.txt",
    text("a text"),
    /a.txt: it is neither a folder nor a .zip, .tar, .tar.gz or .tgz archive/,
  );
  await refuse("a.zip", text(""), /neither a folder nor/);
  await assert.rejects(
    openPictureFiles("/no/such/photos"),
    /Cannot read \/no\/such\/photos: there is no such folder or file/,
  );
  await assert.rejects(openPictureFiles("/dev/null"), /Cannot read null: it is neither/);
  const zeros = gzipSync(tarOf([["a/1.jpg", Buffer.alloc(90e6)]]), { level: 1 });
  const bomb = Buffer.concat([zeros, zeros, zeros]);
  await refuse("bomb.tgz", bomb, /Cannot read bomb.tgz: it unpacks to more than 100 times its size/);
  const overlapping = Array.from({ length: 100 }, (_, i) => ({
    path: `a/${i}.jpg`,
    bytes: text("x"),
    size: 90e6,
  }));
  await refuse(
    "bomb.zip",
    zipOf(overlapping),
    /Cannot read bomb.zip: it unpacks to more than 100 times its size/,
  );
  const full = new Array<Entry>(MAX_ENTRIES);
  assert.throws(
    () => addEntry(full, "many.zip", { path: "a", kind: "file" }),
    /many.zip: it holds more than 200,000 files/,
  );
});

const noList = existsSync("/proc/self/fd") ? false : "the system has no list of open files";

test("a zip or a tar is closed when it is done with, also in the middle", { skip: noList }, async () => {
  const openFiles = (): number => readdirSync("/proc/self/fd").length;
  const files: [string, Buffer][] = Array.from({ length: 50 }, (_, i) => [
    `a/${i}.jpg`,
    Buffer.alloc(100_000, i),
  ]);
  const archives = {
    "a.zip": zipOf(files.map(([path, bytes]) => ({ path, bytes }))),
    "a.tgz": gzipSync(tarOf(files)),
  };
  await withFolder(archives, async (folder) => {
    const before = openFiles();
    for (const name of Object.keys(archives)) {
      const source = await openPictureFiles(join(folder, name));
      for await (const content of source.contents(new Set([0, 1, 2, 30]))) if (content.index === 2) break;
      source.close();
    }
    await until(() => openFiles() <= before, 10_000); // Node closes files behind our back
    assert.equal(openFiles(), before);
  });
});

test("a signal stops the list and the contents", async () => {
  await withFolder(
    {
      "a.tgz": gzipSync(
        tarOf([
          ["a/1.jpg", text("one")],
          ["a/2.jpg", text("two")],
        ]),
      ),
    },
    async (folder) => {
      const path = join(folder, "a.tgz");
      await assert.rejects(openPictureFiles(path, AbortSignal.abort()), { name: "AbortError" });
      await assert.rejects(openPictureFiles(folder, AbortSignal.abort()), { name: "AbortError" });
      const stop = new AbortController();
      const source = await openPictureFiles(path);
      const seen: number[] = [];
      const readOn = async (): Promise<void> => {
        for await (const { index } of source.contents(new Set([0, 1]), stop.signal)) {
          seen.push(index);
          stop.abort();
        }
      };
      await assert.rejects(readOn(), { name: "AbortError" });
      assert.deepEqual(seen, [0]);
    },
  );
});

test("a data set is called what its place is called", () => {
  const names = [
    "./photos",
    "a/photos/",
    "photos.zip",
    "photos.TAR.GZ",
    "photos.tgz",
    "photos.tar",
    "my.photos",
  ];
  assert.deepEqual(names.map(nameOfPlace), [
    "photos",
    "photos",
    "photos",
    "photos",
    "photos",
    "photos",
    "my.photos",
  ]);
});
