/** From a writer's form of a digit to the path that the pen takes on paper, once. */
import type { Random } from "../../random";
import type { Allograph, PathPoint } from "./allographs";
import { bend, type Writer } from "./writer";

/** A place that the pen passes, with half the width of its line there; in digit heights. */
export interface PenPoint {
  x: number;
  y: number;
  radius: number;
}

const stepsPerCurve = 8;

/** Writes the digit once. Each stroke is a list of places, close together. */
export function trace(writer: Writer, digit: number, chance: Random): PenPoint[][] {
  const strokes = bend(chooseForm(writer, digit, chance), writer.carelessness, chance);
  const place = placement(writer, chance);
  const penWidth = writer.penWidth * Math.exp(0.1 * chance.normal());
  return strokes.map((stroke) => {
    const path = flatten(addHooks(soften(stroke, writer, chance), writer, chance), writer.roundness);
    shake(path, writer.tremor, chance);
    return press(path.map(place), penWidth, writer, chance);
  });
}

function chooseForm(writer: Writer, digit: number, { uniform }: Random): Allograph {
  let left = uniform();
  const forms = writer.forms[digit];
  return (forms.find(({ share }) => (left -= share) < 0) ?? forms[0]).form;
}

/** Slant, proportions, tilt and a slow bending of the whole, as one map of the plane. */
function placement(writer: Writer, { uniform, normal }: Random): (p: Point) => Point {
  const aspect = writer.aspect * Math.exp(0.07 * normal());
  const slant = writer.slant + 0.06 * normal();
  const tilt = writer.tilt + 0.05 * normal();
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const [bendX, bendY] = [0.03 * normal(), 0.03 * normal()];
  const [phaseX, phaseY] = [6.3 * uniform(), 6.3 * uniform()];
  return ({ x, y }) => {
    const px = aspect * (x - 0.35) - slant * (y - 0.5) + bendX * Math.sin(4 * y + phaseX);
    const py = y - 0.5 + bendY * Math.sin(5 * x + phaseY);
    return { x: cos * px - sin * py, y: sin * px + cos * py };
  };
}

interface Point {
  x: number;
  y: number;
}

/** A hasty hand rounds some of its sharp turns. */
function soften(stroke: PathPoint[], { haste }: Writer, { uniform }: Random): PathPoint[] {
  return stroke.map((point) => ({ ...point, corner: point.corner && uniform() >= haste }));
}

/** Small marks before a stroke and after it, where the pen comes down early or leaves late. */
function addHooks(stroke: PathPoint[], writer: Writer, chance: Random): PathPoint[] {
  const hooked = [...stroke];
  if (chance.uniform() < writer.hookChance) hooked.unshift(hook(stroke[0], stroke[1], writer, chance));
  if (chance.uniform() < writer.hookChance)
    hooked.push(hook(stroke[stroke.length - 1], stroke[stroke.length - 2], writer, chance));
  return hooked;
}

function hook(end: Point, next: Point, { hookLength }: Writer, { normal, uniform }: Random): PathPoint {
  const turn = (uniform() < 0.5 ? -1 : 1) * (1 + 0.4 * normal());
  const angle = Math.atan2(end.y - next.y, end.x - next.x) + turn;
  return { x: end.x + hookLength * Math.cos(angle), y: end.y + hookLength * Math.sin(angle), corner: false };
}

/** The smooth curve through the points: cubic pieces whose tangents are parallel to the neighbours' chord
 * (Catmull and Rom, 1974), but no longer than the piece, so that uneven points leave no loops. */
function flatten(points: PathPoint[], roundness: number): Point[] {
  const path: Point[] = [{ ...points[0] }];
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b] = [points[i], points[i + 1]];
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const out = tangent(points, i, 1, length * roundness);
    const into = tangent(points, i + 1, -1, length * roundness);
    for (let s = 1; s <= stepsPerCurve; s++) {
      const t = s / stepsPerCurve;
      const [t2, t3] = [t * t, t * t * t];
      const [h0, h1, h2, h3] = [2 * t3 - 3 * t2 + 1, 3 * t2 - 2 * t3, t3 - 2 * t2 + t, t3 - t2];
      path.push({
        x: h0 * a.x + h1 * b.x + h2 * out.x + h3 * into.x,
        y: h0 * a.y + h1 * b.y + h2 * out.y + h3 * into.y,
      });
    }
  }
  return path;
}

/** The pen's velocity at a point; at an end or a corner it heads straight for the point on that side. */
function tangent(points: PathPoint[], i: number, side: 1 | -1, speed: number): Point {
  const isSharp = points[i].corner || i === 0 || i === points.length - 1;
  const from = isSharp && side === 1 ? points[i] : points[i - 1];
  const to = isSharp && side === -1 ? points[i] : points[i + 1];
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: ((to.x - from.x) / length) * speed, y: ((to.y - from.y) / length) * speed };
}

/** A hand's shaking is smooth: each step keeps most of the last one's error. */
function shake(path: Point[], tremor: number, { normal }: Random): void {
  let [dx, dy] = [0, 0];
  for (const point of path) {
    dx = 0.8 * dx + 0.6 * tremor * normal();
    dy = 0.8 * dy + 0.6 * tremor * normal();
    point.x += dx;
    point.y += dy;
  }
}

/** The line's width, from the nib's direction and the pressure. */
function press(path: Point[], penWidth: number, writer: Writer, { uniform, normal }: Random): PenPoint[] {
  const phase = 6.3 * uniform();
  const waves = 3 + 4 * uniform();
  const fade = [writer.pressure * normal(), writer.pressure * normal()];
  return path.map(({ x, y }, i) => {
    const at = i / (path.length - 1);
    const [before, after] = [path[Math.max(0, i - 1)], path[Math.min(path.length - 1, i + 1)]];
    const direction = Math.atan2(after.y - before.y, after.x - before.x);
    const edge = 1 + writer.nib * Math.cos(2 * (direction - writer.nibAngle));
    const swell = 1 + 0.4 * writer.pressure * Math.sin(phase + waves * at);
    const ends = 1 + fade[0] * Math.exp(-8 * at) + fade[1] * Math.exp(-8 * (1 - at));
    return { x, y, radius: 0.5 * penWidth * edge * swell * Math.max(0.4, Math.min(1.5, ends)) };
  });
}
