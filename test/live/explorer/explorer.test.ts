/** The explorer as an object, and with a page that a test plays. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { activations, pick, topPatches } from "../../../src/helpers";
import { FilterExplorer, filterExplorer } from "../../../src/live/explorer";
import { stripes, tinyNet, withoutLeaks } from "../../helpers/tiny";
import { NotebookStandIn } from "../kernel/stand-in";

const network = tinyNet(1);
const photos = stripes(24);
const LAYER = "conv2";

test("a look tells what the functions of inspect tell, and leaves no tensors", async () => {
  await withoutLeaks(async () => {
    const explorer = filterExplorer(network, photos, { patches: 4 });
    const look = await explorer.look({ layer: LAYER, unit: 3 });
    const { units, height } = await topPatches(network, LAYER, photos, { perUnit: 4, units: [3] });
    assert.deepEqual(
      look.patches.map(({ image, value, box }) => ({ image, value, box })),
      units[0].patches.map(({ image, value, box }) => ({ image, value, box })),
    );
    assert.equal(look.sees.height, height);
    assert.equal(look.below, "conv1");
    assert.equal(look.feeds.length, 6);
    assert.equal(look.kernel, null);
    assert.ok(look.tuning && look.preferred);
    const first = await explorer.look({ layer: "conv1", unit: 0 });
    assert.ok(first.kernel && first.feeds.length === 0);
  });
});

test("at a place the units answer that answer most there", async () => {
  const explorer = filterExplorer(network, photos, { layer: LAYER });
  const { row, column, answers, box } = await explorer.at({ image: 2, x: 9, y: 5 });
  const options = { layers: [LAYER], beforeActivation: true };
  const [maps] = await activations(network, pick(photos, [2]), options);
  const from = (row * maps.width + column) * maps.channels;
  const there = Array.from(maps.values.subarray(from, from + maps.channels));
  assert.equal(answers[0].value, Math.max(...there));
  for (const { unit, value } of answers) assert.equal(value, there[unit]);
  assert.ok(box.left <= 9 && box.right > 9 && box.top <= 5 && box.bottom > 5);
});

test("what the page asks for is what the calls tell, and mistakes are said in the widget", async () => {
  const book = new NotebookStandIn();
  const live = filterExplorer(network, photos);
  await book.run(() => live.show());
  const page = (state: object) =>
    book.send("comm_msg", { comm_id: live.id, data: { method: "update", state } });
  const until = async (done: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 400 && !done(); tries++) await new Promise((r) => setTimeout(r, 20));
    assert.ok(done());
  };
  await page({ layer: "conv3", unit: 1 });
  await page({ layer: LAYER, unit: 3 }); // the newest wins
  await until(() => live.get("look")?.layer === LAYER && live.get("look")?.preferred !== null);
  await page({ place: { x: 9, y: 5 } });
  await until(() => live.get("at") !== null);
  const called = filterExplorer(network, photos);
  assert.deepEqual(live.get("look"), await called.look({ layer: LAYER, unit: 3 }));
  assert.deepEqual(live.get("at"), await called.at({ image: 0, x: 9, y: 5 }));
  assert.deepEqual({ ...live.state }, { ...called.state });

  const begun = performance.now();
  await page({ unit: 5 });
  await until(() => live.get("look")?.unit === 5);
  assert.ok(performance.now() - begun < 200, `${performance.now() - begun} ms`);
  await page({ image: 99 });
  await until(() => live.get("message") !== "");
  assert.equal(live.get("message"), "Cannot show photograph 99: there are 0 to 23.");
});

test("what cannot be explored is refused", async () => {
  assert.throws(
    () => filterExplorer(network, photos, { layer: "conv9" }),
    /Cannot explore "conv9": the layers are/,
  );
  assert.throws(() => filterExplorer(network, photos, { unit: 1000 }), /Cannot explore unit 1000/);
  const explorer = new FilterExplorer(network, photos);
  await assert.rejects(explorer.at({ image: 0, x: 16, y: 0 }), /Cannot look at \(16, 0\)/);
});

test("a page that runs nothing shows a picture and words", async () => {
  const explorer = filterExplorer(network, photos, { layer: LAYER, unit: 2 });
  const { data } = await explorer.still();
  assert.match(data["text/plain"], /^Filter explorer: unit 2 of conv2\nIt sees \d+×\d+ px\./);
  assert.match(String(data["image/png"]), /^iVBOR/);
});
