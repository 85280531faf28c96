/** What things are built from, in three dimensions: x forward, y up, z to the thing's right-hand side. */
import type { Skin } from "./skin";

export type Point = [x: number, y: number, z: number];
/** A ball: its centre and its radius. */
export type Ball = [x: number, y: number, z: number, radius: number];

/** Balls joined by limbs into one round body. */
export interface Body {
  kind: "body";
  limbs: [Ball, Ball][];
  skin: Skin;
  /** How softly limbs flow into each other, in units. */
  join: number;
  gloss: number;
  /** Moves the piece to the viewer in the order of painting. */
  nearer: number;
}

/** A flat polygon, with smaller ones on it. */
export interface Panel {
  kind: "panel";
  corners: Point[];
  skin: Skin;
  /** Seen from one side only: from where its corners run anticlockwise. */
  oneSided: boolean;
  marks: Panel[];
  nearer: number;
}

export type Piece = Body | Panel;

export interface BodyOptions {
  join?: number;
  gloss?: number;
  nearer?: number;
}

/** A body along a chain of balls; a single ball is a body too. */
export function chain(skin: Skin, balls: Ball[], options: BodyOptions = {}): Body {
  return joined(skin, [balls], options);
}

/** Several chains grown together. */
export function joined(skin: Skin, chains: Ball[][], options: BodyOptions = {}): Body {
  const { join = 0.1, gloss = 0, nearer = 0 } = options;
  const limbs = chains.flatMap((balls): [Ball, Ball][] =>
    balls.length === 1 ? [[balls[0], balls[0]]] : balls.slice(1).map((ball, i) => [balls[i], ball]),
  );
  return { kind: "body", limbs, skin, join, gloss, nearer };
}

export function panel(
  skin: Skin,
  corners: Point[],
  { oneSided = false, marks = [], nearer = 0 }: Partial<Pick<Panel, "oneSided" | "marks" | "nearer">> = {},
): Panel {
  return { kind: "panel", corners, skin, oneSided, marks, nearer };
}

/** A solid with the same outline all the way across, as cars and boxes have.
 * @param outline x, y of its corners, anticlockwise seen from the right.
 * @param marks For each outline edge, and for the two sides, what is on it. */
export function extrude(
  skin: Skin,
  outline: [number, number][],
  halfWidth: number,
  marks: { sides?: (z: number) => Panel[]; edges?: Record<number, Panel[]>; nearer?: number } = {},
): Panel[] {
  const { nearer = 0 } = marks;
  const side = (z: number): Point[] => outline.map(([x, y]) => [x, y, z]);
  const edges = outline.map(([x, y], i) => {
    const [u, v] = outline[(i + 1) % outline.length];
    const corners: Point[] = [
      [x, y, -halfWidth],
      [u, v, -halfWidth],
      [u, v, halfWidth],
      [x, y, halfWidth],
    ];
    return panel(skin, corners, { oneSided: true, marks: marks.edges?.[i], nearer });
  });
  const faces = [halfWidth, -halfWidth].map((z) =>
    panel(skin, z > 0 ? side(z) : side(z).reverse(), {
      oneSided: true,
      marks: marks.sides?.(z),
      nearer: nearer + 0.01,
    }),
  );
  return [...edges, ...faces];
}

/** A round plate across z, such as the side of a wheel. */
export function disc(skin: Skin, [x, y, z]: Point, radius: number, marks: Panel[] = []): Panel {
  const corners = Array.from({ length: 10 }, (_, i): Point => {
    const angle = ((z < 0 ? -i : i) / 10) * 2 * Math.PI;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle), z];
  });
  return panel(skin, corners, { oneSided: true, marks });
}

/** The pieces turned about an axis through `at`, then moved there: yaw about y, then pitch about z.
 * @param size Scale. */
export function put(pieces: Piece[], at: Point, { yaw = 0, pitch = 0, size = 1 } = {}): Piece[] {
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const move = ([x, y, z]: Point | Ball): Point => {
    const [u, v] = [cp * x - sp * y, sp * x + cp * y];
    return [at[0] + size * (cy * u + sy * z), at[1] + size * v, at[2] + size * (cy * z - sy * u)];
  };
  const moveBall = (ball: Ball): Ball => [...move(ball), size * ball[3]];
  const movePanel = (p: Panel): Panel => ({
    ...p,
    corners: p.corners.map(move),
    marks: p.marks.map(movePanel),
  });
  return pieces.map((piece) =>
    piece.kind === "panel"
      ? movePanel(piece)
      : { ...piece, join: size * piece.join, limbs: piece.limbs.map(([a, b]) => [moveBall(a), moveBall(b)]) },
  );
}
