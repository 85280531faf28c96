import type { History } from "../helpers";
import { PALETTE, showChart, type ChartSpec } from "./chart";
import { percent, textTable } from "./format";

/** Points that a curve is drawn with; more can't be told apart. */
const POINTS = 120;
const TRAINING = "training batches, smoothed";

/** Shows how loss and accuracy went while a network trained: on the batches it trained on, smoothed, and on
 * held-out examples where there were any.
 * @param result A history, or what `pretrain` or `fineTune` returned.
 * @throws Error where the history is empty.
 * @example
 * await showHistory(await pretrain(source, photos, { epochs: 4, seed: 1 })); */
export async function showHistory(result: History | { history: History }): Promise<void> {
  const history = "history" in result ? result.history : result;
  if (history.steps.length === 0) throw new Error("Cannot show the history: it has no steps.");
  const width = Math.max(1, Math.round(history.steps.length / 25));
  const heldOut = history.epochs.some(({ heldOutAccuracy }) => heldOutAccuracy !== undefined);
  const curves = smoothed(history, width);
  const points = history.epochs.flatMap((record) => {
    const step = history.steps.findLast(({ epoch }) => epoch === record.epoch)?.step;
    return record.heldOutLoss === undefined
      ? []
      : [{ step, loss: record.heldOutLoss, accuracy: record.heldOutAccuracy, on: "held-out examples" }];
  });
  const domain = [TRAINING, ...(heldOut ? ["held-out examples"] : [])];
  const line = { type: "line", strokeWidth: 2, point: curves.length < 5 }; // one step alone has no line
  const last = history.steps.at(-1)!.step;
  const few = last <= 5; // or the axis would count half steps
  const panel = (field: "loss" | "accuracy", title: string, format: string, scale: object) => ({
    width: 255,
    height: 170,
    encoding: {
      x: {
        field: "step",
        type: "quantitative",
        title: "step",
        axis: { format: ",d", ...(few ? { values: history.steps.map((s) => s.step) } : { tickCount: 5 }) },
        scale: { domain: [0, last], nice: !few },
      },
      y: { field, type: "quantitative", title, axis: { format, tickCount: 6 }, scale },
      color: {
        field: "on",
        type: "nominal",
        scale: { domain, range: PALETTE.slice(0, 2) },
        legend: { title: null, orient: "bottom", symbolType: "circle" },
      },
    },
    layer: [
      { data: { values: curves }, mark: line },
      ...(heldOut
        ? [
            {
              data: { values: points },
              mark: { type: "point", filled: true, size: 60, opacity: 1 },
            },
          ]
        : []),
    ],
  });
  const spec = {
    data: { values: [] },
    hconcat: [
      panel("loss", "loss (cross-entropy, nats)", ".3~f", { zero: true }),
      panel("accuracy", "accuracy", ".0%", { domain: aroundShares([...curves, ...points]) }),
    ],
  };
  await showChart(spec as unknown as ChartSpec, describeHistory(history, heldOut));
}

interface CurvePoint {
  step: number;
  loss: number;
  accuracy: number;
  on: string;
}

/** Running means over a few steps to either side: single batches are noisy. */
function smoothed({ steps }: History, width: number): CurvePoint[] {
  const stride = Math.max(1, Math.ceil(steps.length / POINTS));
  return steps.flatMap(({ step }, i) => {
    if (i % stride !== 0 && i !== steps.length - 1) return [];
    const window = steps.slice(Math.max(0, i - width), i + width + 1);
    const mean = (of: "loss" | "accuracy"): number =>
      window.reduce((sum, s) => sum + s[of], 0) / window.length;
    return [{ step, loss: round(mean("loss")), accuracy: round(mean("accuracy")), on: TRAINING }];
  });
}

/** The whole tenths around some shares, so that a small wobble doesn't look like a landslide. */
function aroundShares(points: readonly { accuracy?: number }[]): [number, number] {
  const shares = points.flatMap(({ accuracy }) => accuracy ?? []);
  const low = Math.max(0, Math.floor(10 * Math.min(...shares)) / 10);
  const high = Math.min(1, Math.ceil(10 * Math.max(...shares)) / 10);
  return low < high ? [low, high] : low > 0 ? [Math.max(0, low - 0.1), low] : [0, 0.1];
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}

function describeHistory({ epochs, stopped }: History, heldOut: boolean): string {
  const stride = Math.max(1, Math.ceil(epochs.length / 10));
  const rows = epochs
    .filter((_, i) => i % stride === stride - 1 || i === epochs.length - 1)
    .map((e) => [
      String(e.epoch),
      e.loss.toFixed(3),
      percent(e.accuracy),
      ...(heldOut ? [e.heldOutLoss?.toFixed(3) ?? "", percent(e.heldOutAccuracy ?? NaN)] : []),
    ]);
  const heading = ["epoch", "loss", "accuracy", ...(heldOut ? ["held-out loss", "held-out accuracy"] : [])];
  return textTable([heading, ...rows]) + (stopped ? "\nStopped before its end." : "");
}
