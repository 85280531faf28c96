import type { DetectorCensus, DetectorKind, UnitCensus } from "../helpers";
import { showChart, type ChartSpec } from "./chart";
import { kindScale } from "./detector-colours";
import { textTable } from "./format";
import { PANEL, PLACE, polarGrid } from "./polar-grid";

/** The kinds of stimuli that come at angles. */
const TURNED = ["straight", "corner", "curve"] as const;
const COLUMNS = 4;

export interface ShowTuningOptions {
  layer: string;
  /** Which units; else the clearest of each kind are taken. */
  units?: readonly number[];
  /** How many of each kind; 4. */
  perKind?: number;
  title?: string;
}

/** Shows how strongly units answer at each angle, a circle a unit: the further out the line, the stronger the
 * answer, the circle being the strongest one. A line that keeps to one direction is an answer to one angle; one
 * that stays near the circle doesn't mind the angle.
 *
 * At 0° an edge lies, at 90° it stands; a corner or a curve opens in the direction of its angle.
 *
 * @throws RangeError where the layer or a unit isn't in the census, or there is nothing to show.
 * @example
 * await showTuning(census, { layer: "conv3" }); */
export async function showTuning(
  census: DetectorCensus,
  { layer: name, units, perKind = COLUMNS, title }: ShowTuningOptions,
): Promise<void> {
  const layer = census.layers.find(({ layer }) => layer === name);
  if (!layer)
    throw new RangeError(
      `Cannot show the tuning of "${name}": the census has ${census.layers.map(({ layer }) => `"${layer}"`).join(", ")}.`,
    );
  if (!(Number.isInteger(perKind) && perKind >= 1))
    throw new RangeError(`Cannot show tuning: perKind is a whole number from 1. Received: ${perKind}.`);
  const shown = units ? chosen(layer.units, units) : clearest(layer.units, perKind);
  if (shown.length === 0)
    throw new RangeError(
      `Cannot show the tuning of "${name}": none of its units answers to angles. Name units.`,
    );
  const spec = {
    title: {
      text: title ?? `At which angles units of ${name} answer`,
      subtitle: [
        "The further out the line, the stronger the answer. 0°: an edge lies; 90°: it stands;",
        "a corner or a curve opens in the direction of its angle. Above: what excites it most.",
      ],
      subtitlePadding: 4,
    },
    data: { values: shown.flatMap((unit) => panel(unit, census.angles)) },
    facet: {
      field: "label",
      type: "nominal",
      sort: shown.map(labelOf),
      title: null,
      header: {
        labelExpr: "split(datum.label, '|')",
        labelFontSize: 10,
        labelLineHeight: 12,
        labelPadding: 2,
      },
    },
    columns: COLUMNS,
    spacing: 12,
    spec: { ...PANEL, layer: [...polarGrid(), ...curves()] },
  };
  await showChart(spec as unknown as ChartSpec, tuningTable(name, shown, census.angles));
}

function chosen(all: readonly UnitCensus[], wanted: readonly number[]): UnitCensus[] {
  return wanted.map((number) => {
    const unit = all.find(({ unit }) => unit === number);
    if (!unit)
      throw new RangeError(`Cannot show the tuning of unit ${number}: the layer has 0 to ${all.length - 1}.`);
    return unit;
  });
}

/** Of each kind the units whose answer to it is furthest above that to any other kind. */
function clearest(all: readonly UnitCensus[], perKind: number): UnitCensus[] {
  const clarity = ({ kind, responses }: UnitCensus): number => {
    const others = (Object.keys(responses) as DetectorKind[]).filter((other) => other !== kind);
    return responses[kind] / Math.max(1e-9, ...others.map((other) => responses[other]));
  };
  return TURNED.flatMap((kind) =>
    all
      .filter((unit) => unit.kind === kind)
      .sort((a, b) => clarity(b) - clarity(a))
      .slice(0, perKind),
  );
}

/** The points of a unit's curves. An answer below the blank picture's is drawn in the middle. */
function panel(unit: UnitCensus, angles: readonly number[]): object[] {
  const { tuning } = unit;
  const strongest = Math.max(1e-9, ...TURNED.flatMap((kind) => Array.from(tuning[kind])));
  const label = labelOf(unit);
  return TURNED.flatMap((stimuli) =>
    // The first angle once more, to close the line.
    [...angles, angles[0]].map((angle, order) => {
      const radius = Math.max(0, tuning[stimuli][order % angles.length]) / strongest;
      const turned = (angle * Math.PI) / 180;
      return {
        label,
        stimuli,
        order,
        angle,
        x: round(radius * Math.cos(turned)),
        y: round(radius * Math.sin(turned)),
      };
    }),
  );
}

/** What stands above a panel, e.g. "unit 7: corner|wedge 90°, turned by 45°|dark on light"; `|` ends a line. */
function labelOf({ unit, kind, best }: UnitCensus): string {
  const parts = best.split(", ");
  const lines =
    parts.length > 2 ? [parts.slice(0, -1).join(", "), parts.at(-1)!] : [...parts, ""].slice(0, 2);
  return [`unit ${unit}: ${kind}`, ...lines].join("|");
}

function curves(): object[] {
  return [
    {
      mark: { type: "line", strokeWidth: 2, interpolate: "linear-closed" },
      encoding: {
        ...PLACE,
        order: { field: "order" },
        color: {
          field: "stimuli",
          type: "nominal",
          title: "answer to",
          scale: kindScale(TURNED),
          legend: { orient: "bottom", symbolType: "stroke" },
        },
      },
    },
  ];
}

function tuningTable(layer: string, units: readonly UnitCensus[], angles: readonly number[]): string {
  const rows = units.map(({ unit, kind, best, tuning }) => [
    String(unit),
    kind,
    ...TURNED.map((stimuli) => {
      const values = Array.from(tuning[stimuli]);
      const strongest = Math.max(...values);
      return `${strongest.toFixed(1)} at ${angles[values.indexOf(strongest)]}°`;
    }),
    best,
  ]);
  return [
    `Strongest answer of units of ${layer} to each kind, in standard deviations, and its angle`,
    textTable([["unit", "kind", ...TURNED, "best"], ...rows]),
  ].join("\n");
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
