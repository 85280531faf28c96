import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { firstLayerFilters, loadModel, type FirstLayerFilters } from "../../src/helpers";
import { describeFilters, filtersPicture, showFilters } from "../../src/viz/show-filters";
import { withoutLeaks } from "../helpers/tiny";
import { assertPicture, capturedOne } from "./capture";

const SHIPPED = join(__dirname, "../../data/pretrained/cifar10-convnet");

async function shipped(): Promise<FirstLayerFilters> {
  const model = await loadModel(SHIPPED);
  const found = await firstLayerFilters(model);
  model.dispose();
  return found;
}

test("a model and what was found in it give the same picture and text", () =>
  withoutLeaks(async () => {
    const model = await loadModel(SHIPPED);
    const shown = await capturedOne(() => showFilters(model));
    await assertPicture(shown);
    const found = await firstLayerFilters(model);
    assert.deepEqual(await capturedOne(() => showFilters(found)), shown);
    assert.equal(shown.data["image/png"], filtersPicture(found).png.toString("base64"));
    model.dispose();
  }));

test("sorted filters stand in a group for each kind, unsorted ones in one", async () => {
  const found = await shipped();
  const sorted = filtersPicture(found);
  const plain = filtersPicture(found, { sort: false });
  assert.equal(sorted.width, plain.width);
  assert.ok(sorted.width <= 620, `${sorted.width} px wide`);
  const rows = (["oriented", "blob", "neither"] as const).map((kind) =>
    Math.ceil(found.filters.filter((filter) => filter.kind === kind).length / 10),
  );
  const extra = rows.reduce((sum, count) => sum + count) - Math.ceil(found.filters.length / 10);
  const [cell, heading] = [50 + 14 + 8, 20]; // px: image, label, gap; a heading
  assert.equal(sorted.height - plain.height, extra * cell + 3 * heading);
  // Without sorting the order in which they come makes no difference.
  const turned = { ...found, filters: [...found.filters].reverse() };
  assert.deepEqual(filtersPicture(turned, { sort: false }), plain);
  assert.notDeepEqual(filtersPicture(found, { title: "Others" }).png, sorted.png);
});

test("the text counts the kinds and gives the angle of each edge", async () => {
  const found = await shipped();
  const edges = found.filters.filter(({ kind }) => kind === "oriented");
  const [what, ...lines] = describeFilters(found).split("\n");
  assert.equal(what, "The 32 filters of conv1, 5×5 pixels each");
  assert.match(lines[0], /^kind +filters +share$/);
  assert.match(lines[1], new RegExp(`^edges and gratings +${edges.length} +\\d+ %$`));
  const { unit, angle } = edges[4];
  assert.ok(lines.at(-1)!.includes(`, ${unit}: ${Math.round(angle)}°, `), lines.at(-1));
  // An angle of 179.7° lies as one of 0° does.
  const lying = { ...found, filters: [{ ...edges[0], unit: 3, angle: 179.7 }] };
  assert.match(describeFilters(lying), /stands\): 3: 0°$/);
  const noise = { ...found, filters: [{ ...edges[0], kind: "neither" as const }] };
  assert.match(describeFilters(noise), /\nneither +1 +100 %$/);
});
