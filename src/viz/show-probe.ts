import type { Probe } from "../helpers";
import { showChart, type ChartSpec } from "./chart";
import { kindScale } from "./detector-colours";
import { textTable } from "./format";
import { showPicture } from "./picture";
import { imageGrid } from "./raster";

/** Shows a stimulus, and the units of each layer that answer it most.
 * @param options.most How many units a layer; 6.
 * @throws RangeError where `most` is no whole number from 1.
 * @example
 * await showProbe(await probeUnits(source, stimulus, census)); */
export async function showProbe(
  { description, pixels, input, layers }: Probe,
  { most = 6 }: { most?: number } = {},
): Promise<void> {
  if (!(Number.isInteger(most) && most >= 1))
    throw new RangeError(`Cannot show who answers: most is a whole number from 1. Received: ${most}.`);
  const scale = Math.max(0.5, Math.round(160 / input.width));
  const picture = imageGrid([{ ...input, pixels }], { columns: 1, scale, title: `You show: ${description}` });
  showPicture(picture, `The stimulus: ${description}`);

  const values = layers.flatMap(({ layer, units }) =>
    units.slice(0, most).map(({ unit, kind, relative, response }, place) => ({
      layer,
      place,
      unit: `unit ${unit} (${kind})`,
      kind,
      relative: Number(relative.toFixed(3)),
      response: Number(response.toFixed(2)),
    })),
  );
  const spec = {
    title: {
      text: "Who answers",
      subtitle:
        "the response beside the unit's strongest one in the census; past the line it likes yours better",
    },
    data: { values },
    facet: {
      field: "layer",
      type: "nominal",
      sort: layers.map(({ layer }) => layer), // Vega-Lite sorts facets by name where it is told null
      columns: 2,
      title: null,
      header: { labelFontWeight: "bold" },
    },
    columns: 2,
    resolve: { scale: { y: "independent" } },
    spec: {
      width: 190,
      height: { step: 18 },
      layer: [
        {
          mark: { type: "bar", tooltip: true },
          encoding: {
            y: { field: "unit", type: "nominal", sort: { field: "place" }, title: null },
            x: {
              field: "relative",
              type: "quantitative",
              title: "share of its strongest response",
              axis: { format: ".0%" },
            },
            color: {
              field: "kind",
              type: "nominal",
              title: "the census calls it",
              scale: kindScale(),
            },
          },
        },
        { mark: { type: "rule", strokeDash: [4, 3], color: "#555" }, encoding: { x: { datum: 1 } } },
      ],
    },
  } as ChartSpec;
  const rows = values.map(({ layer, unit, relative }) => [layer, unit, `${Math.round(100 * relative)} %`]);
  await showChart(
    spec,
    `Who answers to ${description}\n${textTable([["layer", "unit", "of its strongest"], ...rows])}`,
  );
}
