import assert from "node:assert/strict";
import { test } from "node:test";
import { detectorCensus, probeUnits, stimulusBank, type Stimulus } from "../../../src/helpers/inspect";
import { tinyNet, withoutLeaks } from "../tiny";

test("the stimulus that a unit likes best in the census gives its strongest response again", async () => {
  const model = tinyNet();
  await withoutLeaks(async () => {
    const probes = stimulusBank({ channels: 1 });
    const census = await detectorCensus(model, { probes, controls: 1 });
    const [{ layers }, again] = [
      await probeUnits(model, probes[40], census),
      await probeUnits(model, probes[40], census),
    ];
    assert.deepEqual(layers, again.layers);
    for (const { units } of layers) {
      assert.ok(units.every(({ relative }) => relative <= 1 + 1e-5));
      assert.ok(units.every(({ relative }, i) => i === 0 || relative <= units[i - 1].relative));
    }
    const unit = census.layers[1].units[7];
    const best = probes.find((stimulus) => words(stimulus) === unit.best)!;
    const found = (await probeUnits(model, best, census)).layers[1].units.find((u) => u.unit === 7)!;
    assert.ok(Math.abs(found.relative - 1) < 1e-4, `${found.relative}`);
    assert.ok(Math.abs(found.response - Math.max(...Object.values(unit.responses))) < 1e-3);
  });
  model.dispose();
});

function words({ figure: { name, angle }, polarity }: Stimulus): string {
  return `${name}${angle ? `, turned by ${angle}°` : ""}, ${polarity === 1 ? "light on dark" : "dark on light"}`;
}

test("a census of another network is refused", async () => {
  const [model, other] = [tinyNet(), tinyNet()];
  const census = await detectorCensus(model, { layers: ["conv1"], controls: 1 });
  census.layers[0].units.pop();
  await assert.rejects(
    probeUnits(other, stimulusBank()[0], census),
    /has 31 of its units, and "convnet" has 32/,
  );
  model.dispose();
  other.dispose();
});
