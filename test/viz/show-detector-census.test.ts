import assert from "node:assert/strict";
import { test } from "node:test";
import { DETECTOR_KINDS, type DetectorCensus } from "../../src/helpers";
import { censusTable, showDetectorCensus } from "../../src/viz/show-detector-census";
import { assertPicture, capturedOne, type Shown } from "./capture";
import { censusOf, layerOf } from "./made-census";

interface Spec {
  vconcat: [
    { data: { values: Row[] }; facet: { column: { sort: string[] } } },
    { data: { values: { layer: string; network: string; share: number; low?: number; high?: number }[] } },
  ];
}

interface Row {
  layer: string;
  network: string;
  kind: string;
  share: number;
}

async function drawn(census: DetectorCensus): Promise<{ shown: Shown; spec: Spec; width: number }> {
  const shown = await capturedOne(() => showDetectorCensus(census));
  await assertPicture(shown);
  const { width } = shown.metadata["image/png"] as { width: number };
  return { shown, spec: shown.data["application/vnd.vegalite.v5+json"] as unknown as Spec, width };
}

test("each layer has two bars of all kinds, and the difference its interval", async () => {
  const { shown, spec, width } = await drawn(
    censusOf(["conv1", "conv2", "conv10"].map((name) => layerOf(name))),
  );
  assert.ok(width <= 640, `${width} px wide`);
  const [shares, growth] = spec.vconcat;
  assert.equal(shares.data.values.length, 3 * 2 * DETECTOR_KINDS.length);
  for (const network of ["trained", "random"]) {
    const bar = shares.data.values.filter((row) => row.layer === "conv2" && row.network === network);
    assert.deepEqual(bar.map(({ kind }) => kind), [...DETECTOR_KINDS]); // prettier-ignore
    assert.ok(Math.abs(bar.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-3);
  }
  // Not by the alphabet, in which 10 comes before 2.
  assert.deepEqual(shares.facet.column.sort, ["conv1", "conv2", "conv10"]);
  assert.deepEqual(growth.data.values[2], { layer: "conv2", network: "trained", share: 0.45, low: 0.27, high: 0.606 }); // prettier-ignore
  assert.deepEqual(growth.data.values[3], { layer: "conv2", network: "random", share: 0.15 });
  assert.equal(shown.data["text/plain"], censusTable(censusOf(["conv1", "conv2", "conv10"].map((name) => layerOf(name))))); // prettier-ignore
});

test("long names are broken into lines, and many layers stay within the width of a notebook", async () => {
  const names = Array.from({ length: 8 }, (_, i) => `mobilenet/conv_pw_${i + 7}`);
  const { spec, width } = await drawn(censusOf(names.map((name) => layerOf(name))));
  assert.ok(width <= 680, `${width} px wide`);
  assert.deepEqual(spec.vconcat[0].facet.column.sort.slice(2, 4), [
    "mobilenet/\nconv_\npw_9",
    "mobilenet/\nconv_\npw_10",
  ]);
  const { spec: short } = await drawn(censusOf([layerOf("mobilenet/conv_pw_7")]));
  assert.deepEqual(short.vconcat[0].facet.column.sort, ["mobilenet/conv_pw_7"]);
});

test("the table says the same in whole percentages", () => {
  const lines = censusTable(censusOf([layerOf("conv1"), layerOf("conv2")])).split("\n");
  assert.equal(lines.length, 1 + 4 + 1);
  assert.match(lines[0], /^layer +weights +straight +corner +curve +other +corner \+ curve above random$/);
  assert.match(
    lines[3],
    /^conv2 +trained +50 \(40 to 60\) +20 \(10 to 30\) +25 \(15 to 35\) +5 \(0 to 15\) +30 \(12 to 46\)$/,
  );
  assert.match(lines[4], /^ +random +20 \(10 to 30\) +5 \(0 to 15\) +10 \(0 to 20\) +65 \(55 to 75\)$/);
  assert.match(lines[5], /% of the layer's units, with 95 % intervals/);
});

test("a census without layers is refused", async () => {
  await assert.rejects(showDetectorCensus(censusOf([])), /Cannot show the census: it has no layers/);
});
