/** Handwriting for pads: digits as strokes, and a network that reads them. */
import { fineTune, buildConvNet, type tf } from "../../../src/helpers";
import { makePenDigits } from "../../../src/helpers/data/pen-digits";
import { trace } from "../../../src/helpers/data/pen-digits/trace";
import { makeWriter } from "../../../src/helpers/data/pen-digits/writer";
import { random } from "../../../src/helpers/random";
import type { Stroke } from "../../../src/live/pad";

export const digits = makePenDigits({ train: 300, test: 100 });

/** Random features with a trained output layer: 28×28×1, ten digits. The caller disposes it. */
export async function digitReader(): Promise<tf.LayersModel> {
  const model = buildConvNet({ inputShape: [28, 28, 1], classes: digits.classes, seed: 1 });
  await fineTune(model, digits.train, { strategy: "option-1", augment: "none", seed: 1, task: "" });
  return model;
}

/** A digit as somebody draws it on a part of the paper. */
export function strokesOf(digit: number, seed: number): Stroke[] {
  const chance = random(seed).fork(`digit ${digit}`);
  const strokes = trace(makeWriter(chance.fork("writer")), digit, chance);
  return strokes.map((stroke) => stroke.map(({ x, y }) => [onPaper(x), onPaper(y)]));
}

/** An arc of a circle, a cross or a zigzag, a little different each time. */
export function symbol(name: string, seed: number): Stroke[] {
  const chance = random(seed).fork(name);
  const jitter = (): number => 0.04 * chance.normal();
  const points = (list: [number, number][]): Stroke =>
    list.map(([x, y]) => [onPaper(x + jitter() / 2), onPaper(y + jitter() / 2)]);
  if (name === "cross")
    return [points([[-0.4, -0.4], [0.4, 0.4]]), points([[0.4, -0.4], [-0.4, 0.4]])]; // prettier-ignore
  if (name === "zigzag") return [points([[-0.45, 0.1], [-0.2, -0.2], [0, 0.2], [0.2, -0.2], [0.45, 0.1]])]; // prettier-ignore
  const turns = Array.from({ length: 25 }, (_, i) => (i / 24) * 2 * Math.PI);
  const [wide, high] = [0.4 + jitter(), 0.4 + jitter()];
  return [points(turns.map((t) => [wide * Math.cos(t), high * Math.sin(t)]))];
}

function onPaper(value: number): number {
  return Math.max(0, Math.min(1, 0.5 + 0.6 * value));
}
