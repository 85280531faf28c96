import { DETECTOR_KINDS, type DetectorCensus, type LayerCensus, type Share } from "../helpers";
import { showChart, type ChartSpec } from "./chart";
import { kindScale } from "./detector-colours";
import { textTable } from "./format";

const TRAINED = "trained";
const RANDOM = "random";
const WIDTH = 500; // CSS px
const HEIGHT = 190;
const LETTER = 8.5; // CSS px, of a bold one with some room around the word
const LINES = "split(datum.label, '\\n')";

/** Shows what the units of each layer detect, beside the same network with random weights: the shares of all
 * kinds, and below how the share of corners and curves grows.
 * @throws RangeError where the census has no layers.
 * @example
 * await showDetectorCensus(await detectorCensus(source)); */
export async function showDetectorCensus(
  census: DetectorCensus,
  { title }: { title?: string } = {},
): Promise<void> {
  if (census.layers.length === 0) throw new RangeError("Cannot show the census: it has no layers.");
  const spec = {
    title: {
      text: title ?? `What the units of ${census.model} detect`,
      subtitle: "random: the same network with random weights, as the control",
      subtitlePadding: 4,
    },
    spacing: 24,
    resolve: { scale: { color: "independent" } },
    vconcat: [sharesChart(census.layers), growthChart(census.layers)],
  };
  await showChart(spec as unknown as ChartSpec, censusTable(census));
}

/** The census as a table of text: for each layer the share of each kind of detector with its 95 % interval, in
 * the network and in the random control, and how far corners and curves are above it. */
export function censusTable({ layers }: DetectorCensus): string {
  const rows = layers.flatMap((layer) =>
    [TRAINED, RANDOM].map((network) => {
      const shares = network === TRAINED ? layer.shares : layer.random;
      return [
        network === TRAINED ? layer.layer : "",
        network,
        ...DETECTOR_KINDS.map((kind) => interval(shares[kind])),
        network === TRAINED ? interval(layer.gain) : "",
      ];
    }),
  );
  return [
    textTable([["layer", "weights", ...DETECTOR_KINDS, "corner + curve above random"], ...rows]),
    "(% of the layer's units, with 95 % intervals)",
  ].join("\n");
}

/** The names of the layers, broken behind "/" and "_" where they are too long to stand side by side. */
function labelsOf(layers: readonly LayerCensus[]): string[] {
  const letters = WIDTH / layers.length / LETTER;
  return layers.map(({ layer }) => {
    const parts = layer.match(/[^/_]*[/_]|[^/_]+/g) ?? [];
    return parts.reduce((label, part) => {
      const line = label.slice(label.lastIndexOf("\n") + 1);
      return line && line.length + part.length > letters ? `${label}\n${part}` : label + part;
    }, "");
  });
}

/** Two stacked bars for each layer. */
function sharesChart(layers: readonly LayerCensus[]): object {
  const labels = labelsOf(layers);
  const values = layers.flatMap((layer, l) =>
    [TRAINED, RANDOM].flatMap((network) =>
      DETECTOR_KINDS.map((kind, order) => ({
        layer: labels[l],
        network,
        kind,
        order,
        share: round((network === TRAINED ? layer.shares : layer.random)[kind].value),
      })),
    ),
  );
  const spacing = 16;
  return {
    data: { values },
    facet: {
      column: {
        field: "layer",
        type: "nominal",
        sort: labels, // facets don't keep the order of the data by themselves
        title: null,
        header: {
          labelFontWeight: "bold",
          labelFontSize: 12,
          labelPadding: 6,
          labelExpr: LINES,
        },
      },
    },
    spacing,
    spec: {
      width: Math.min(110, (WIDTH - spacing * (layers.length - 1)) / layers.length),
      height: HEIGHT,
      mark: { type: "bar", tooltip: true },
      encoding: {
        x: {
          field: "network",
          type: "nominal",
          sort: null,
          title: null,
          scale: { paddingInner: 0.15, paddingOuter: 0.1 },
          axis: { labelAngle: layers.length > 4 ? -45 : 0, ticks: false, domain: false },
        },
        y: {
          field: "share",
          type: "quantitative",
          title: "share of the layer's units",
          axis: { format: ".0%" },
          scale: { domain: [0, 1] },
        },
        order: { field: "order" },
        color: {
          field: "kind",
          type: "nominal",
          title: "answers most to",
          scale: kindScale(),
          legend: { orient: "bottom" },
        },
        opacity: { condition: { test: `datum.network === "${RANDOM}"`, value: 0.5 }, value: 1 },
      },
    },
  };
}

/** The share of corners and curves from layer to layer, in the network and in the control. */
function growthChart(layers: readonly LayerCensus[]): object {
  const bent = ({ corner, curve }: LayerCensus["shares"]): number => corner.value + curve.value;
  const labels = labelsOf(layers);
  const values = layers.flatMap(({ shares, random, gain }, l) => [
    {
      layer: labels[l],
      network: TRAINED,
      share: round(bent(shares)),
      low: round(Math.max(0, bent(random) + gain.low)),
      high: round(bent(random) + gain.high),
    },
    { layer: labels[l], network: RANDOM, share: round(bent(random)) },
  ]);
  const x = {
    field: "layer",
    type: "nominal",
    sort: null,
    title: null,
    axis: { labelAngle: 0, labelExpr: LINES },
    scale: { type: "point", padding: 0.5 },
  };
  const color = {
    field: "network",
    type: "nominal",
    title: "weights",
    scale: { domain: [TRAINED, RANDOM], range: ["#222", "#999"] },
    legend: { orient: "bottom" },
  };
  const y = { type: "quantitative", title: "corners and curves", axis: { format: ".0%" } };
  return {
    title: {
      text: "More corners and curves than by chance?",
      subtitle: [
        "The bar is the 95 % interval of the difference:",
        "where it ends above the random dot, the network has learned more of them.",
      ],
    },
    width: WIDTH,
    height: HEIGHT * 0.85,
    data: { values },
    encoding: { x, color },
    layer: [
      { mark: { type: "line", strokeWidth: 2 }, encoding: { y: { ...y, field: "share" } } },
      {
        transform: [{ filter: `datum.network === "${TRAINED}"` }],
        mark: { type: "rule", strokeWidth: 5, opacity: 0.35 },
        encoding: { y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: true, size: 60, opacity: 1, tooltip: true },
        encoding: { y: { ...y, field: "share" } },
      },
    ],
  };
}

function interval({ value, low, high }: Share): string {
  const [middle, from, to] = [value, low, high].map((share) => String(Math.round(100 * share)));
  return `${middle} (${from} to ${to})`;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
