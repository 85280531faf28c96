import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnitCensus } from "../../src/helpers";
import { showTuning, type ShowTuningOptions } from "../../src/viz/show-tuning";
import { assertPicture, capturedOne } from "./capture";
import { ANGLES, censusOf, layerOf, unitOf } from "./made-census";

const KINDS = ["straight", "corner", "curve", "other"] as const;
/** Unit 13 is the 13th: the kinds take turns, and the angles go up. */
const units: UnitCensus[] = Array.from({ length: 24 }, (_, i) => unitOf(i, KINDS[i % 4], ANGLES[i]));
const census = censusOf([layerOf("conv1"), layerOf("conv3", units)]);

interface Point {
  label: string;
  stimuli: string;
  angle: number;
  order: number;
  x: number;
  y: number;
}

async function drawn(options: Partial<ShowTuningOptions> = {}) {
  const shown = await capturedOne(() => showTuning(census, { layer: "conv3", ...options }));
  await assertPicture(shown);
  const { width } = shown.metadata["image/png"] as { width: number };
  const spec = shown.data["application/vnd.vegalite.v5+json"] as unknown as {
    data: { values: Point[] };
    facet: { sort: string[] };
  };
  return { text: shown.data["text/plain"], points: spec.data.values, labels: spec.facet.sort, width };
}

test("a line is as far out as the answer is strong, in the direction of the angle", async () => {
  const { points, labels } = await drawn({ units: [9] });
  assert.deepEqual(labels, ["unit 9: corner|wedge 90°, turned by 135°|dark on light"]);
  const line = points.filter(({ stimuli }) => stimuli === "corner");
  assert.equal(line.length, ANGLES.length + 1);
  const { x, y } = line.find(({ angle }) => angle === 135)!;
  assert.deepEqual([x, y], [-0.7071, 0.7071]);
  // Answers below the blank picture's stay in the middle, and the line ends where it began.
  assert.ok(line.filter(({ angle }) => angle !== 135).every((point) => Math.hypot(point.x, point.y) === 0));
  assert.deepEqual({ ...line.at(-1), order: 0 }, { ...line[0], order: 0 });
  const others = points.filter(({ stimuli }) => stimuli === "curve");
  assert.ok(others.every((point) => Math.abs(Math.hypot(point.x, point.y) - 0.25) < 1e-3));
});

test("the clearest units of each kind come in order, and the text names their angles", async () => {
  const { labels, text, width } = await drawn();
  assert.ok(width <= 640, `${width} px wide`);
  assert.deepEqual(
    labels.map((label) => /unit (\d+): (\w+)/.exec(label)!.slice(1)),
    ["straight", "corner", "curve"].flatMap((kind, k) =>
      [0, 4, 8, 12].map((unit) => [String(unit + k), kind]),
    ),
  );
  assert.match(text, /^Strongest answer of units of conv3 .*in standard deviations/);
  assert.match(text, /\n9 +corner +1\.0 at 0° +4\.0 at 135° +1\.0 at 0° +wedge 90°, turned by 135°/);
  assert.equal((await drawn({ perKind: 1 })).labels.length, 3);
});

test("chosen units come as chosen, one that answers to no angle too", async () => {
  const { labels } = await drawn({ units: [7, 2] });
  assert.deepEqual(labels, ["unit 7: other|noise 1 px|light on dark", "unit 2: curve|wedge 90°, turned by 30°|dark on light"]); // prettier-ignore
});

test("what isn't in the census is refused, with what is", async () => {
  const wrong = (options: Partial<ShowTuningOptions>) => showTuning(census, { layer: "conv3", ...options });
  await assert.rejects(wrong({ layer: "conv2" }), /tuning of "conv2": the census has "conv1", "conv3"/);
  await assert.rejects(wrong({ units: [24] }), /tuning of unit 24: the layer has 0 to 23/);
  await assert.rejects(wrong({ units: [] }), /Cannot show the tuning of "conv3"/);
  await assert.rejects(wrong({ perKind: 0 }), /perKind is a whole number from 1. Received: 0/);
  const noise = censusOf([layerOf("conv1", [unitOf(0, "other")])]);
  await assert.rejects(
    showTuning(noise, { layer: "conv1" }),
    /none of its units answers to angles. Name units/,
  );
});
