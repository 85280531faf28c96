/** The explorer as an object, and with a page that a test plays. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { activations, pick, topPatches } from "../../../src/helpers";
import { tf } from "../../../src/helpers/engine";
import { FilterExplorer, filterExplorer } from "../../../src/live/explorer";
import { answersOn } from "../../../src/live/explorer/overlay";
import { polarThumb } from "../../../src/live/explorer/polar";
import { interruptWork } from "../../../src/live/kernel";
import { countImages } from "../../helpers/convolved";
import { stripes, tinyNet, withoutLeaks } from "../../helpers/tiny";
import { until } from "../../helpers/until";
import { NotebookStandIn } from "../kernel/stand-in";

const network = tinyNet(1);
const photos = stripes(24);
const LAYER = "conv2";
const book = new NotebookStandIn();
const sends = (to: FilterExplorer, data: object) =>
  book.send("comm_msg", { comm_id: to.id, data: data as never });

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

test("places of a large photograph are in its own pixels, and patches are sought in an even part of many", async () => {
  const SIDE = 400;
  const large = tf.sequential({ name: "large" });
  const conv = { filters: 2, kernelSize: 5, strides: 5, inputShape: [SIDE, SIDE, 3] };
  large.add(tf.layers.conv2d({ ...conv, name: "conv" } as never));
  const small = stripes(40);
  const images = new Uint8Array(40 * SIDE * SIDE * 3).map((_, i) => (i * 7919) % 251);
  const input = { ...small.input, height: SIDE, width: SIDE, range: [0, 255] as [number, number] };
  const many = { ...small, images, input } as typeof small;
  const explorer = filterExplorer(large, many);
  const { height, width, picture } = explorer.get("photo")!;
  assert.deepEqual([height, width, picture.height, picture.width], [SIDE, SIDE, 320, 320]);
  const { row, column, box } = await explorer.at({ image: 39, x: 399, y: 390 });
  assert.deepEqual([row, column, box], [78, 79, { top: 390, left: 395, bottom: 395, right: 400 }]);
  const { searched, patches } = await explorer.look({ layer: "conv", unit: 1 });
  assert.equal(searched, 31); // 5 megapixels
  const { image, value, box: seen } = patches[0];
  const { answers } = await explorer.at({ image, x: seen.left + 2, y: seen.top + 2 });
  assert.equal(answers.find(({ unit }) => unit === 1)!.value, value);
});

test("what feeds a unit excites where its answer rises with the other's, whatever batch norm makes of it", async () => {
  const net = tf.sequential({ name: "turning" });
  const conv = (name: string, filters: number) => tf.layers.conv2d({ name, filters, kernelSize: 1 });
  const norm = (gammas: number[]) => {
    const layer = tf.layers.batchNormalization({ name: `norm${net.layers.length}` });
    net.add(layer);
    const [, ...others] = layer.getWeights();
    layer.setWeights([tf.tensor1d(gammas), ...others]);
    return layer;
  };
  const like = { name: "a", filters: 3, kernelSize: 1, inputShape: [16, 16, 3] };
  net.add(tf.layers.conv2d(like as never));
  norm([1, -1, 2]);
  net.add(tf.layers.reLU());
  norm([1, 1, -1]); // after the activation
  net.add(conv("b", 4));
  norm([-1, 1, -2, 3]);
  const above = net.layers.slice(2);
  const answer = (input: number[]): ArrayLike<number> =>
    tf.tidy(() => {
      const x = tf.tensor(input, [1, 1, 1, 3]) as tf.Tensor;
      return above.reduce((sum, layer) => layer.apply(sum) as tf.Tensor, x).dataSync();
    });
  const explorer = filterExplorer(net, stripes(12));
  for (let unit = 0; unit < 4; unit++) {
    const { feeds, turned } = await explorer.look({ layer: "b", unit });
    assert.equal(turned, unit % 2 === 0);
    const base = answer([1, 1, 1])[unit];
    for (const { unit: other, sum } of feeds) {
      const raised = answer([0, 1, 2].map((i) => (i === other ? 2 : 1)))[unit];
      assert.equal(Math.sign(sum), Math.sign(raised - base), `${other} → ${unit}`);
    }
  }
});

test("a unit of a depthwise convolution is fed by one unit, and a dense one has no census", async () => {
  const net = tf.sequential({ name: "separable" });
  const first = { name: "a", filters: 3, kernelSize: 3, inputShape: [16, 16, 3] };
  net.add(tf.layers.conv2d(first as never));
  net.add(tf.layers.depthwiseConv2d({ name: "dw", kernelSize: 3, depthMultiplier: 2 }));
  net.add(tf.layers.conv2d({ name: "pw", filters: 4, kernelSize: 1 }));
  net.add(tf.layers.flatten());
  net.add(tf.layers.dense({ name: "scores", units: 3 }));
  const explorer = filterExplorer(net, stripes(12));
  const kernel = (await net.getLayer("dw").getWeights()[0].array()) as number[][][][];
  const { feeds } = await explorer.look({ layer: "dw", unit: 5 });
  assert.deepEqual(
    feeds.map((feed) => feed.unit),
    [2],
  );
  assert.ok(Math.abs(feeds[0].sum - kernel.flat().reduce((sum, at) => sum + at[2][1], 0)) < 1e-5);
  assert.equal((await explorer.look({ layer: "pw", unit: 0 })).feeds.length, 6);
  const { hasCensus, tuning, preferred } = await explorer.look({ layer: "scores", unit: 2 });
  assert.ok(!hasCensus && !tuning && preferred);
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
  const live = filterExplorer(network, photos);
  await book.run(() => live.show());
  const page = (state: object) => sends(live, { method: "update", state });
  await page({ layer: "conv3", unit: 1 });
  await page({ layer: LAYER, unit: 3 }); // the newest wins
  await until(() => live.get("look")?.layer === LAYER && live.get("look")?.preferred !== null);
  await page({ place: { x: 9, y: 5 } });
  await until(() => live.get("at") !== null);
  const called = filterExplorer(network, photos);
  assert.deepEqual(live.get("look"), await called.look({ layer: LAYER, unit: 3 }));
  assert.deepEqual(live.get("at"), await called.at({ image: 0, x: 9, y: 5 }));
  assert.deepEqual({ ...live.state }, { ...called.state });

  const given = countImages(network);
  await page({ unit: 5 });
  await until(() => live.get("look")?.unit === 5);
  assert.ok(given() < photos.count, `${given()} images: what the layer answers is known`);
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
  await explorer.look({ layer: LAYER, unit: 2 });
  const whole = await explorer.still();
  if (process.env.SCREENSHOTS)
    writeFileSync(
      join(process.env.SCREENSHOTS, "explorer-still.png"),
      Buffer.from(String(whole.data["image/png"]), "base64"),
    );
});

test("tuning is drawn far out where the answer is strong, and the map where the unit answers", () => {
  const angles = [0, 90, 180, 270];
  const tuning = {
    kind: "",
    best: "",
    angles,
    straight: [2, 1, 0, 0],
    corner: [0, 0, 0, 0],
    curve: [0, 0, 0, 0],
  };
  const { rgb } = polarThumb(tuning, 100);
  const isBlue = (x: number, y: number) => rgb[3 * (100 * y + x) + 2] - rgb[3 * (100 * y + x)] > 60;
  assert.ok(isBlue(50 + 45, 50) && isBlue(50, 50 - 22)); // 0° to the right, 90° above
  assert.ok(!isBlue(50, 50 - 45) && !isBlue(50 - 45, 50) && !isBlue(50, 50 + 22));
  const photo = { name: "", height: 8, width: 8, picture: { height: 4, width: 4, rgb: new Uint8Array(48) } };
  const map = {
    ...{ rows: 2, columns: 2, values: Uint8Array.from([0, 0, 0, 255]), strongest: 1 },
    ...{ first: { y: 2, x: 2 }, stride: { y: 4, x: 4 } },
  };
  const seen = answersOn(photo, map).rgb.filter((_, i) => i % 3 === 0);
  assert.deepEqual(
    [...seen].map((red) => red > 0),
    [...Array(16).keys()].map((i) => i % 4 > 1 && i > 7),
  );
});

test("what an interrupt stopped is said to be, and goes on when the page asks", async () => {
  const live = filterExplorer(network, photos);
  await book.run(() => live.show());
  await sends(live, { method: "update", state: { layer: "conv3", unit: 2 } });
  await until(() => live.get("busy").startsWith("Taking") || live.get("look")?.unit === 2);
  interruptWork();
  await until(() => live.get("stopped"));
  assert.ok(live.get("busy") === "" && live.get("look")?.preferred === null);
  await sends(live, { method: "custom", content: "go on" });
  await until(() => live.get("look")?.preferred !== null);
  assert.equal(live.get("stopped"), false);
});
