import type { LayerMovement } from "../helpers";
import { PALETTE, showChart, type ChartSpec } from "./chart";
import { percent, textTable } from "./format";

/** Shows how far the kernels of each layer moved: a tick for each kernel, and the middle one of the layer.
 * @throws Error where there is nothing to show.
 * @example
 * await showMovedFilters(await movedFilters(source, target)); */
export async function showMovedFilters(moved: readonly LayerMovement[]): Promise<void> {
  if (moved.length === 0) throw new Error("Cannot show how filters moved: there are no layers.");
  const values = moved.flatMap(({ layer, units }) =>
    Array.from(units, (change, unit) => ({ layer, unit, change: Number(change.toFixed(5)) })),
  );
  const y = { field: "layer", type: "nominal", sort: null, title: null };
  const spec = {
    title: {
      text: "How far each filter moved",
      subtitle: "a tick for each filter; the bar is the middle one of its layer",
    },
    data: { values },
    width: 440,
    height: { step: 34 },
    layer: [
      {
        mark: { type: "tick", thickness: 1, opacity: 0.5, color: PALETTE[0], height: 18 },
        encoding: {
          y,
          x: {
            field: "change",
            type: "quantitative",
            title: "change of the kernel, beside its own size",
            axis: { format: ".0%" },
          },
        },
      },
      {
        mark: { type: "tick", thickness: 4, color: PALETTE[1], height: 26 },
        encoding: { y, x: { aggregate: "median", field: "change", type: "quantitative" } },
      },
    ],
  } as ChartSpec;
  const rows = moved.map(({ layer, units }) => {
    const sorted = Array.from(units).sort((a, b) => a - b);
    return [layer, ...[0, 0.5, 1].map((q) => percent(sorted[Math.round(q * (sorted.length - 1))]))];
  });
  await showChart(
    spec,
    `How far each filter moved, beside its own size\n${textTable([["layer", "least", "middle", "most"], ...rows])}`,
  );
}
