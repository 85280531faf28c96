import type { History } from "../helpers";
import { PALETTE, showChart, type ChartSpec } from "./chart";
import { percent, textTable } from "./format";

/** Points that a curve is drawn with; more can't be told apart. */
const POINTS = 120;

/** Shows how loss and accuracy went while a network trained: on the batches it trained on, smoothed, and on
 * held-out examples where there were any.
 * @param result A history, or what `pretrain` or `fineTune` returned.
 * @throws Error where the history is empty.
 * @example
 * await showHistory(await pretrain(source, photos, { epochs: 4, seed: 1 })); */
export async function showHistory(result: History | { history: History }): Promise<void> {
  const history = "history" in result ? result.history : result;
  if (history.steps.length === 0) throw new Error("Cannot show the history: it has no steps.");
  const heldOut = history.epochs.some(({ heldOutAccuracy }) => heldOutAccuracy !== undefined);
  const curves = smoothed(history);
  const points = history.epochs.flatMap((record) => {
    const step = history.steps.findLast(({ epoch }) => epoch === record.epoch)?.step;
    return record.heldOutLoss === undefined
      ? []
      : [{ step, loss: record.heldOutLoss, accuracy: record.heldOutAccuracy, on: "held-out examples" }];
  });
  const domain = heldOut ? ["training batches", "held-out examples"] : ["training batches"];
  const panel = (field: "loss" | "accuracy", title: string, format: string) => ({
    width: 270,
    height: 170,
    encoding: {
      x: { field: "step", type: "quantitative", title: "step" },
      y: { field, type: "quantitative", title, axis: { format }, scale: { zero: field === "loss" } },
      color: {
        field: "on",
        type: "nominal",
        scale: { domain, range: PALETTE.slice(0, 2) },
        legend: heldOut ? { title: null, orient: "bottom" } : null,
      },
    },
    layer: [
      { data: { values: curves }, mark: { type: "line", strokeWidth: 2 } },
      ...(heldOut
        ? [{ data: { values: points }, mark: { type: "point", filled: true, size: 60, opacity: 1 } }]
        : []),
    ],
  });
  const spec = {
    data: { values: [] },
    hconcat: [panel("loss", "loss (cross-entropy, nats)", ".2~f"), panel("accuracy", "accuracy", ".0%")],
  };
  await showChart(spec as unknown as ChartSpec, describeHistory(history, heldOut));
}

/** Running means over a few steps: single batches are noisy. */
function smoothed({ steps }: History): { step: number; loss: number; accuracy: number; on: string }[] {
  const width = Math.max(1, Math.round(steps.length / 25));
  const stride = Math.max(1, Math.ceil(steps.length / POINTS));
  const kept = steps.filter((_, i) => i % stride === 0 || i === steps.length - 1);
  return kept.map(({ step }) => {
    const window = steps.slice(Math.max(0, step - 1 - width), step + width);
    const mean = (of: "loss" | "accuracy"): number =>
      window.reduce((sum, s) => sum + s[of], 0) / window.length;
    return { step, loss: round(mean("loss")), accuracy: round(mean("accuracy")), on: "training batches" };
  });
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
