/** What lies below a curve over angles: Vega-Lite has no polar axes. */

const RADIUS = 40; // CSS px
/** Where a panel ends to the side and above, its circle having radius 1. */
const [RIM_X, RIM_Y] = [1.6, 1.35];

/** The size of a panel, in CSS px. */
export const PANEL = { width: 2 * RADIUS * RIM_X, height: 2 * RADIUS * RIM_Y };

/** Where the fields `x` and `y` are drawn: the circle has radius 1, 0° is to the right and 90° above. */
export const PLACE = { x: axis("x", RIM_X), y: axis("y", RIM_Y) };

function axis(field: string, rim: number): object {
  return { field, type: "quantitative", scale: { domain: [-rim, rim], nice: false }, axis: null };
}

/** Two circles, the axes, and four angles around them. */
export function polarGrid(): object[] {
  const around = Array.from({ length: 73 }, (_, i) => (2 * Math.PI * i) / 72);
  const circles = [0.5, 1].flatMap((radius) =>
    around.map((angle, order) => ({
      line: `circle ${radius}`,
      order,
      x: round(radius * Math.cos(angle)),
      y: round(radius * Math.sin(angle)),
    })),
  );
  const axes = [
    { line: "lying", order: 0, x: -1, y: 0 },
    { line: "lying", order: 1, x: 1, y: 0 },
    { line: "standing", order: 0, x: 0, y: -1 },
    { line: "standing", order: 1, x: 0, y: 1 },
  ];
  const angles = [0, 90, 180, 270].map((angle) => ({
    text: `${angle}°`,
    x: 1.3 * Math.cos((angle * Math.PI) / 180),
    y: 1.17 * Math.sin((angle * Math.PI) / 180),
  }));
  return [
    {
      data: { values: [...circles, ...axes] },
      mark: { type: "line", strokeWidth: 1, color: "#ddd" },
      encoding: { ...PLACE, order: { field: "order" }, detail: { field: "line" } },
    },
    {
      data: { values: angles },
      mark: { type: "text", fontSize: 8, color: "#777" },
      encoding: { ...PLACE, text: { field: "text" } },
    },
  ];
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
