/** Data flows one way; so do the imports. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";

const SRC = join(__dirname, "../src");

/** Each may import from those before it. `inspect` and `evaluate` don't need each other. */
const FLOW = [
  ["helpers/base"],
  ["live/kernel"],
  ["live/widget"],
  ["helpers/engine"],
  ["helpers/data"],
  ["helpers/model"],
  ["helpers/train"],
  ["helpers/evaluate", "helpers/inspect"],
  ["helpers/index"],
  ["viz"],
  ["commands"],
  ["live"],
  ["index", "cli"],
];

/** The only files, or folders, that may know a library. */
const KNOWS: Record<string, string[]> = {
  "@tensorflow/tfjs-node": ["helpers/engine/tf.ts"],
  vega: ["viz/chart.ts"],
  "vega-lite": ["viz/chart.ts"],
  canvas: ["viz/raster.ts"],
  tslab: ["viz/display.ts"],
  commander: ["cli.ts", "commands/"],
  sharp: ["helpers/data/photo.ts"],
  yauzl: ["helpers/data/zip-files.ts", "helpers/model/weights/zip.ts"], // archives on disk; one in memory
  "tar-stream": ["helpers/data/tar-files.ts"],
  jsfive: ["helpers/model/weights/hdf5.ts"],
};

interface Import {
  file: string;
  from: string;
}

const files = readdirSync(SRC, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith(".ts"));
const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(SRC, file), "utf8").replace(/^\s*(\/?\*|\/\/).*$/gm, "");
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\brequire\(|\bimport\()\s*["']([^"']+)["']/g);
  return Array.from(found, ([, from]) => ({ file, from }));
});

function stageOf(file: string): number {
  const path = file.replace(/\.ts$/, "");
  const parts = path.split("/");
  const name =
    parts[0] === "live"
      ? ["kernel", "widget"].includes(parts[1])
        ? `live/${parts[1]}`
        : "live"
      : parts[0] !== "helpers"
        ? parts[0]
        : parts.length > 2
          ? `helpers/${parts[1]}`
          : parts[1] === "index"
            ? path
            : "helpers/base";
  const stage = FLOW.findIndex((names) => names.includes(name));
  assert.ok(stage >= 0, `src/${file} is in no stage of the flow`);
  return stage;
}

function folderOf(file: string): string {
  const parts = file.split("/");
  return parts[0] === "helpers" && parts.length > 2 ? `helpers/${parts[1]}` : dirname(file);
}

/** The file in src that a relative import means. */
function resolve({ file, from }: Import): string {
  const path = relative(SRC, normalize(join(SRC, dirname(file), from)));
  return [`${path}.ts`, `${path}/index.ts`].find((candidate) => files.includes(candidate)) ?? path;
}

const inner = imports.filter(({ from }) => from.startsWith("."));

test("there are imports to read", () => assert.ok(inner.length > 50, `${inner.length}`));

test("imports follow the flow and never point back", () => {
  for (const { file, from } of inner) {
    const to = resolve({ file, from });
    const backwards =
      stageOf(to) > stageOf(file) || (stageOf(to) === stageOf(file) && folderOf(to) !== folderOf(file));
    assert.ok(!backwards, `src/${file} imports "${from}", which comes after it in the flow`);
  }
});

test("a folder is entered by its door", () => {
  for (const { file, from } of inner) {
    const to = resolve({ file, from });
    const other = folderOf(to) !== folderOf(file);
    const door = /(^|\/)index\.ts$/.test(to) || stageOf(to) === 0;
    assert.ok(!other || door, `src/${file} imports "${from}" past the folder's index`);
  }
});

test("each library is known by one place", () => {
  for (const [library, allowed] of Object.entries(KNOWS))
    for (const { file, from } of imports)
      if (from === library || from.startsWith(`${library}/`))
        assert.ok(
          allowed.some((place) => file === place || (place.endsWith("/") && file.startsWith(place))),
          `src/${file} imports ${from}; only ${allowed.join(", ")} may`,
        );
});
