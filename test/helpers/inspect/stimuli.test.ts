import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bankAngles,
  describeStimulus,
  drawFigure,
  drawStimulus,
  stimulusBank,
  type Shape,
} from "../../../src/helpers/inspect/stimuli";

const input = {
  type: "image",
  height: 32,
  width: 32,
  channels: 3,
  range: [0, 255] as [number, number],
} as const;
const figures = [...new Set(stimulusBank().map(({ figure }) => figure))];
const named = (name: string, angle = 0) =>
  drawFigure(
    figures.find((f) => f.name === name && f.angle === angle)!,
    input,
  );
const at = (drawn: Float32Array, row: number, column: number) => drawn[row * 32 + column];

test("the bank has every kind, each turned figure at 24 angles, each in six colourings", () => {
  assert.equal(stimulusBank().length, 6 * figures.length);
  assert.equal(stimulusBank({ channels: 1 }).length, 2 * figures.length);
  const names = (kind: string) => new Set(figures.filter((f) => f.kind === kind).map((f) => f.name));
  assert.deepEqual([names("straight").size, names("corner").size, names("curve").size], [8, 4, 5]);
  for (const kind of ["straight", "corner", "curve"])
    for (const name of names(kind))
      assert.deepEqual(
        [...new Set(figures.filter((f) => f.name === name).map((f) => f.angle))],
        bankAngles(),
      );
  assert.equal(figures.filter((f) => f.name.startsWith("noise")).length, 48);
});

test("figures are where they should be: y is up, and angles turn to the left", () => {
  const step = named("step");
  assert.deepEqual([at(step, 8, 16), at(step, 24, 16)], [-1, 1]);
  const upright = named("step", 90);
  assert.deepEqual([at(upright, 16, 8), at(upright, 16, 24)], [-1, 1]);
  const wedge = named("wedge 90°", 90); // opens upwards
  assert.deepEqual(
    [at(wedge, 4, 16), at(wedge, 16, 4), at(wedge, 16, 28), at(wedge, 28, 16)],
    [1, -1, -1, -1],
  );
  const disc = named("disc r 6 px");
  assert.deepEqual([at(disc, 16, 22), at(disc, 16, 14), at(disc, 16, 30)], [1, -1, -1]);
});

test("areas are those of geometry", () => {
  const onFigure = (name: string) => named(name).reduce((sum, value) => sum + (value + 1) / 2, 0);
  assert.ok(Math.abs(onFigure("disc r 6 px") - Math.PI * 36) < 1);
  assert.ok(Math.abs(onFigure("wedge 90°") - 256) < 5);
  assert.ok(Math.abs(onFigure("bar 3 px") - 96) < 1);
  assert.ok(Math.abs(onFigure("arc r 6 px") - Math.PI * 6 * 2) < 1);
});

test("turning a figure by 90° turns its picture", () => {
  for (const { name } of figures.filter(({ kind, angle }) => kind !== "other" && angle === 0)) {
    const [a, b] = [named(name), named(name, 90)];
    let most = 0;
    for (let row = 0; row < 32; row++)
      for (let column = 0; column < 32; column++)
        most = Math.max(most, Math.abs(at(b, 31 - column, row) - at(a, row, column)));
    assert.ok(most <= 0.51, `${name}: ${most}`);
  }
});

test("noise is as often figure as ground, different each time, and the same again", () => {
  const draws = figures
    .filter(({ name }) => name === "noise 1 px")
    .map((figure) => drawFigure(figure, input));
  for (const drawn of draws) {
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    assert.ok(Math.abs(mean) < 0.12, `${mean}`);
    assert.ok(drawn.every((value) => Math.abs(value) === 1));
  }
  const overlap = draws[0].reduce((sum, value, i) => sum + value * draws[1][i], 0) / 1024;
  assert.ok(Math.abs(overlap) < 0.12, `${overlap}`);
  const beside = draws[0].reduce((sum, value, i) => sum + value * (draws[0][i + 1] ?? 0), 0) / 1024;
  assert.ok(Math.abs(beside) < 0.12, `${beside}`);
  assert.deepEqual(named("noise 1 px"), draws[0]);
});

test("all stimuli have the same contrast, within the range, around its middle", () => {
  for (const range of [
    [0, 255],
    [0, 1],
    [-1, 1],
  ] as [number, number][]) {
    const span = range[1] - range[0];
    for (const stimulus of stimulusBank().filter(({ figure }) => figure.angle === 0)) {
      const pixels = drawStimulus(stimulus, { ...input, range });
      const most = pixels.reduce((far, v) => Math.max(far, Math.abs(v - (range[0] + range[1]) / 2)), 0);
      assert.ok(Math.abs(most / span - 0.375) < 1e-6, `${stimulus.figure.name}: ${most}`);
    }
  }
});

test("polarity exchanges figure and ground, and words say so", () => {
  const [light, dark] = stimulusBank();
  const [a, b] = [drawStimulus(light, input), drawStimulus(dark, input)];
  assert.ok(a.every((value, i) => Math.abs(value + b[i] - 255) < 1e-4));
  assert.equal(describeStimulus(light), "step, light on dark");
  assert.match(describeStimulus(stimulusBank()[3 * 6 + 3]), /^step, turned by 45°, green on red$/);
});

test("a reader's own shape can be drawn, and other channels are refused", () => {
  const shape: Shape = (x, y) => (Math.abs(x) < 1 || Math.abs(y) < 1 ? 1 : -1);
  const stimulus = {
    figure: { kind: "other", name: "cross", shape, angle: 0 },
    colour: "luminance",
    polarity: 1,
  } as const;
  assert.equal(drawStimulus(stimulus, input)[(16 * 32 + 5) * 3], 127.5 + 0.375 * 255);
  assert.throws(() => drawStimulus(stimulus, { ...input, channels: 4 }), /1 or 3 channels. Received: 4/);
});
